import type { Evidence } from "./tamper";

/** What a failing disk does to a repository as well. Anything else an audit finds is a client's doing. */
const LIKE_DAMAGE: readonly Evidence["kind"][] = [
  "segments-missing",
  "segments-changed",
  "segment-malformed",
  "list-unreadable",
];

/** Whether everything that an audit found may be the disk's doing: then a repair may be the way out, else only a roll-back. */
export function mayBeDamage(evidence: readonly Evidence[]): boolean {
  return evidence.every(({ kind }) => LIKE_DAMAGE.includes(kind));
}
