import type { Review } from "./vault-api";

/** An archive in the comparison: there at the last clean state, there now, or both. */
export interface ComparedArchive {
  borgId: string;
  name: string;
  observedAt: string | null;
  state: "missing" | "new" | "same";
}

/** Puts both lists into one: what is missing first, then what is new, then what is unchanged, each in the order it came. */
export function compareArchives(then: Review["archivesThen"], now: Review["archivesNow"]): ComparedArchive[] {
  const nowIds = now ? new Set(now.map((archive) => archive.borgId)) : null;
  const thenIds = new Set(then.map((archive) => archive.borgId));
  const known = then.map((archive) => ({
    ...archive,
    state: nowIds === null || nowIds.has(archive.borgId) ? ("same" as const) : ("missing" as const),
  }));
  const fresh = (now ?? [])
    .filter((archive) => !thenIds.has(archive.borgId))
    .map((archive) => ({ ...archive, observedAt: null, state: "new" as const }));
  return [
    ...known.filter((archive) => archive.state === "missing"),
    ...fresh,
    ...known.filter((archive) => archive.state === "same"),
  ];
}
