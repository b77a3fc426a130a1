import { formatCount } from "~/domain/quantity";
import type { Overview } from "../system/api";

/** The fleet in one sentence: how many have a fresh backup, and what is not as it should be. */
export function fleetSentence(counts: Overview["counts"], held: number): string {
  if (counts.clients === 0) return "No machine is backed up yet.";
  const total = `${formatCount(counts.clients)} ${counts.clients === 1 ? "client" : "clients"}`;
  const fresh =
    counts.proven === counts.clients
      ? counts.clients === 1
        ? "The one client has an archive from the last 48 hours"
        : `All ${total} have an archive from the last 48 hours`
      : `${formatCount(counts.proven)} of ${total} ${counts.proven === 1 ? "has" : "have"} an archive from the last 48 hours`;
  const rest = [
    held > 0 ? `${formatCount(held)} ${held === 1 ? "repository" : "repositories"} held` : null,
    counts.overdue > 0 ? `${formatCount(counts.overdue)} overdue` : null,
    counts.problem > 0 ? `${formatCount(counts.problem)} with a problem` : null,
    counts.offline > 0 ? `${formatCount(counts.offline)} offline` : null,
    counts.awaiting > 0 ? `${formatCount(counts.awaiting)} not enrolled yet` : null,
  ].filter((part) => part !== null);
  return `${[fresh, ...rest].join("; ")}.`;
}
