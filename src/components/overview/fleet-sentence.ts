import { formatCount } from "~/domain/quantity";
import type { Overview } from "../system/api";

/** The fleet in one sentence: how many keep what their plans promise, by audited archives, and what is not as it should be. */
export function fleetSentence(counts: Overview["counts"], held: number): string {
  if (counts.clients === 0) return "No machine is backed up yet.";
  const total = `${formatCount(counts.clients)} ${counts.clients === 1 ? "client" : "clients"}`;
  const kept =
    counts.asPromised === counts.clients
      ? counts.clients === 1
        ? "The one client is backed up as promised"
        : `All ${total} are backed up as promised`
      : `${formatCount(counts.asPromised)} of ${total} backed up as promised`;
  const proven = counts.proven > 0 ? `, ${formatCount(counts.proven)} proven by a restore` : "";
  const rest = [
    held > 0
      ? `${formatCount(held)} ${held === 1 ? "repository" : "repositories"} quarantined`
      : "nothing quarantined",
    counts.overdue > 0 ? `${formatCount(counts.overdue)} overdue` : null,
    counts.unproven > 0 ? `${formatCount(counts.unproven)} not proven yet` : null,
    counts.problem > 0 ? `${formatCount(counts.problem)} with a problem` : null,
    counts.offline > 0 ? `${formatCount(counts.offline)} offline` : null,
    counts.awaiting > 0 ? `${formatCount(counts.awaiting)} not enrolled yet` : null,
  ].filter((part) => part !== null);
  return `${[`${kept}${proven}`, ...rest].join("; ")}.`;
}
