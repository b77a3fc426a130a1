import { formatCount } from "./quantity";
import type { Evidence } from "./tamper";

/** The session that is blamed; null where it is not known. */
export interface BlamedSession {
  at: Date | null;
  peerAddress: string | null;
}

export interface ToldIncident {
  evidence: readonly Evidence[];
  /** The writing session since the last clean state; null: there were several, or none of our ledger. */
  session: BlamedSession | null;
  /** Null: there was no clean state yet. */
  lastCleanAt: Date | null;
  lastCleanArchives: number;
  /** The seal holds the segments themselves, so what is gone from the repository can be put back. */
  segmentsAreSealed: boolean;
}

/** From what a person must know first to details that mostly follow from it. */
const BY_WEIGHT: readonly Evidence["kind"][] = [
  "repository-missing",
  "archives-missing",
  "objects-deleted",
  "objects-replaced",
  "segments-missing",
  "segments-changed",
  "manifest-missing",
  "config-changed",
  "segments-appeared",
  "segment-malformed",
  "commit-unledgered",
  "list-unreadable",
  "repair-undecided",
];

/** Findings of these kinds mean that the repository itself has lost data; only the seal brings it back. */
const TAKES_SEGMENTS: ReadonlySet<Evidence["kind"]> = new Set([
  "repository-missing",
  "segments-missing",
  "segments-changed",
]);

/** One finding in a sentence: `3 archives vanished in the session of 23 Nov 02:14 UTC from 10.0.0.7.` */
export function sayEvidence(evidence: Evidence, session: BlamedSession): string {
  return `${sentence(evidence, whence(session))}.`;
}

/**
 * The incident in one line, the weightiest finding first: `3 archives vanished in the session of 23 Nov 02:14 UTC from 10.0.0.7; nothing
 * is lost; last clean state 23 Nov 01:59 UTC, 41 archives.` It says that nothing is lost only where the seal holds what is gone.
 */
export function sayIncident(incident: ToldIncident): string {
  const [first, ...others] = incident.evidence.toSorted((a, b) => weight(a) - weight(b));
  const from = whence(incident.session ?? { at: null, peerAddress: null });
  const found = first ? sentence(first, from) : `The repository was held${from}`;
  if (first?.kind === "repair-undecided")
    return `${found}; accept it or undo the repair; ${lastClean(incident)}.`;
  const more = others.length === 0 ? [] : [`${many(others.length, "more finding")}`];
  return `${[found, ...more, lost(incident), lastClean(incident)].join("; ")}.`;
}

function lost({ evidence, lastCleanAt, segmentsAreSealed }: ToldIncident): string {
  if (lastCleanAt === null) return "nothing was sealed before it";
  if (segmentsAreSealed) return "nothing is lost";
  return evidence.some(({ kind }) => TAKES_SEGMENTS.has(kind))
    ? "this storage keeps no second name of the segments, so data may be lost"
    : "the stored data is still there";
}

function lastClean({ lastCleanAt, lastCleanArchives }: ToldIncident): string {
  if (lastCleanAt === null) return "there is no clean state to go back to";
  return `last clean state ${sayInstant(lastCleanAt)}, ${many(lastCleanArchives, "archive")}`;
}

function weight({ kind }: Evidence): number {
  return BY_WEIGHT.indexOf(kind);
}

function sentence(evidence: Evidence, from: string): string {
  switch (evidence.kind) {
    case "repository-missing":
      return `The repository is gone from its place${from}`;
    case "config-changed":
      return evidence.key
        ? `The repository's key was replaced${from}`
        : `The repository's settings were changed${from}`;
    case "segments-missing":
      return `${many(evidence.count, "sealed data file")} ${were(evidence.count)} removed, the first is number ${evidence.first}${from}`;
    case "segments-changed":
      return `${many(evidence.count, "sealed data file")} ${were(evidence.count)} changed, the first is number ${evidence.first}${from}`;
    case "segments-appeared":
      return `${many(evidence.count, "data file")} appeared where borg writes none, the first is number ${evidence.first}${from}`;
    case "objects-deleted":
      return `${many(evidence.count, "object")} stored earlier ${were(evidence.count)} deleted${from}, first in data file ${evidence.segment}`;
    case "objects-replaced":
      return `${many(evidence.count, "object")} stored earlier ${were(evidence.count)} overwritten${from}, first in data file ${evidence.segment}`;
    case "manifest-missing":
      return `The list of archives was deleted${from}`;
    case "segment-malformed":
      return `Data file ${evidence.segment} is not what borg writes, from byte ${formatCount(evidence.offset)} on${from}`;
    case "commit-unledgered":
      return `${many(evidence.count, "transaction")} came from no session we let in, the first ends in data file ${evidence.first}`;
    case "archives-missing":
      return `${many(evidence.count, "archive")} vanished${from}`;
    case "list-unreadable":
      return `The list of archives cannot be read with the key we know${from}: ${evidence.say.replace(/\.$/, "")}`;
    case "repair-undecided":
      return "The repository was repaired, and nobody has decided on the result";
  }
}

function whence({ at, peerAddress }: BlamedSession): string {
  const when = at === null ? "" : ` in the session of ${sayInstant(at)}`;
  return peerAddress === null ? when : `${when} from ${peerAddress}`;
}

/** `23 Nov 02:14 UTC`: the same for everybody who is told. */
function sayInstant(instant: Date): string {
  const [, day, month] = instant.toUTCString().split(" ");
  return `${Number(day)} ${month} ${instant.toISOString().slice(11, 16)} UTC`;
}

function many(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}

function were(count: number): string {
  return count === 1 ? "was" : "were";
}
