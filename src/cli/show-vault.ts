import type { inferRouterOutputs } from "@trpc/server";
import { sayEvidence } from "~/domain/tamper-words";
import type { AppRouter } from "~/server/api/root";
import { oneLine, showBytes, showInstant } from "./output";

type Outputs = inferRouterOutputs<AppRouter>["vault"];
type Vault = Outputs["get"];
type VaultState = NonNullable<Vault["state"]>;
type Incident = Outputs["incident"];

/** Where a repository stands, in a few words. */
export function standing({ state, incident }: Pick<Vault, "state" | "incident">): string {
  if (incident) return `HELD since ${showInstant(incident.openedAt)}`;
  if (!state?.auditedAt) return "not audited yet";
  return state.unaudited > 0 ? `clean, ${state.unaudited} sessions to audit` : "clean";
}

/** A repository's vault in a few lines. */
export function describeVault(of: { name: string; clientName: string }, vault: Vault): string {
  const { state, incident, escrowedAt } = vault;
  const lines = [`${of.clientName}/${of.name}: ${standing(vault)}`];
  if (incident) {
    lines.push(oneLine(incident.sentence), `incident ${incident.id}: \`bbs vault incident ${incident.id}\``);
  }
  if (!state) return lines.join("\n");
  lines.push(
    `audited ${at(state.auditedAt)}, transaction ${state.auditedTransaction ?? "-"}; protection: ${state.sealKind}`,
    `key in escrow: ${escrowedAt ? showInstant(escrowedAt) : "not yet"}; in the trash: ${state.trashed}`,
    ...state.seals.map(
      (seal) =>
        `seal of ${at(seal.sealedAt)}: ${seal.archives} archives, ${seal.segments} segments, ${
          seal.releasedAfter === null
            ? "in force"
            : `holds ${showBytes(seal.extraBytes)} more until ${at(seal.releasedAfter)}`
        }`,
    ),
    describeRules(state),
  );
  const blocked = state.compactionBlockedBy;
  lines.push(
    blocked.length === 0 ? "compaction: allowed" : `compaction: not now. ${blocked.map(oneLine).join(" ")}`,
  );
  return lines.join("\n");
}

export function describeRules({ rules, rulesPending }: Pick<VaultState, "rules" | "rulesPending">): string {
  const pending = rulesPending ? `; looser ones begin ${at(rulesPending.from)}` : "";
  return `rules: ${rules.trashDays} days in the trash, old seals kept ${rules.keepOldSealDays} days, the newest ${rules.floorNewest} archives and one a week for ${rules.floorWeeklyDays} days are never removed${pending}`;
}

/** An incident with what to judge it by. */
export function describeIncident(incident: Incident): string {
  const [only, another] = incident.sessions;
  const blamed =
    only && !another
      ? { at: only.startedAt, peerAddress: only.peerAddress }
      : { at: null, peerAddress: null };
  const lines = [
    `${incident.clientName}/${incident.repositoryName}: ${oneLine(incident.sentence)}`,
    `opened ${showInstant(incident.openedAt)}; ${resolved(incident)}`,
    ...incident.evidence.map((one) => `evidence: ${oneLine(sayEvidence(one, blamed))}`),
    ...incident.sessions.map(
      (session) =>
        `session ${session.sequence}: ${showInstant(session.startedAt)} to ${showInstant(session.endedAt)} from ${oneLine(session.peerAddress)}, ${showBytes(session.bytesIn)} in, ${session.callsRefused} calls refused`,
    ),
  ];
  for (const one of incident.review?.transactions ?? []) {
    lines.push(
      `transaction ${one.transaction} (session ${one.session ?? "unknown"}): ${one.objectsAdded} objects added, ${one.objectsRemoved} removed, ${showBytes(one.bytesAdded)}`,
    );
  }
  const { review } = incident;
  if (review) {
    const now = review.archivesNow === null ? "cannot be listed" : `${review.archivesNow.length}`;
    lines.push(`archives then: ${review.archivesThen.length}, now: ${now}`);
  }
  if (incident.resolvedAt === null) {
    lines.push(
      `\`bbs vault roll-back ${incident.repositoryName}\` or \`bbs vault accept ${incident.repositoryName} --reason ...\``,
    );
  }
  return lines.join("\n");
}

function resolved(incident: Incident): string {
  if (incident.resolvedAt === null) return "open";
  const by = incident.resolvedByName === null ? "" : ` by ${incident.resolvedByName}`;
  const why = incident.reason === null ? "" : `: ${oneLine(incident.reason)}`;
  return `${incident.resolution} ${showInstant(incident.resolvedAt)}${by}${why}`;
}

function at(text: string | null): string {
  return showInstant(text === null ? null : new Date(text));
}
