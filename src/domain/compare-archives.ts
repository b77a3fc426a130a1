/**
 * An archive in the comparison. `missing`: it was there at the last clean state under this id and name, and is not now. `new`: the other
 * way round. A list of now that cannot be read makes nothing missing: that is unknown, not gone.
 */
export interface ComparedArchive {
  borgId: string;
  name: string;
  observedAt: string | null;
  state: "missing" | "new" | "same";
}

/** Puts both lists into one: what is missing first, then what is new, then what is unchanged, each in the order it came. */
export function compareArchives(
  then: readonly { borgId: string; name: string; observedAt: string }[],
  now: readonly { borgId: string; name: string }[] | null,
): ComparedArchive[] {
  const nowKeys = now ? new Set(now.map(keyOf)) : null;
  const thenKeys = new Set(then.map(keyOf));
  const known = then.map((archive) => ({
    ...archive,
    state: nowKeys === null || nowKeys.has(keyOf(archive)) ? ("same" as const) : ("missing" as const),
  }));
  const fresh = (now ?? [])
    .filter((archive) => !thenKeys.has(keyOf(archive)))
    .map((archive) => ({ ...archive, observedAt: null, state: "new" as const }));
  return [
    ...known.filter((archive) => archive.state === "missing"),
    ...fresh,
    ...known.filter((archive) => archive.state === "same"),
  ];
}

/** As the ledger knows an archive: another one under its name, or it under another name, is not it. */
function keyOf(archive: { borgId: string; name: string }): string {
  return `${archive.borgId} ${archive.name}`;
}
