import { DAY_MS } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readSealInForce, type Seal } from "../vault/seal-record";
import { listSegments, type SegmentListing } from "../vault/segment-files";
import { type CoverageRecord, onlySealed, readCoverage, readingOf, writeCoverage } from "./coverage-record";
import { readSegment, type SegmentReading } from "./read-segment";

/** Read but not yet written down when the keeper dies: at most so much is read once more. */
const WRITE_EVERY_MS = 5_000;

/** How long maintenance may keep a suspicion from being confirmed. */
const CONFIRM_PATIENCE_MS = 600_000;

/** Of the days that are promised; the rest is for nodes that were off and disks that are slow. */
const PACE = 0.8;

type Ids = { clientId: string; repositoryId: string };
type Sealed = Seal["segments"][number];

export type SegmentOrder = {
  /** `damaged`: nothing but what was found damaged. `quick`: what no check has read yet, newest first, and what is not there with its size. `rolling`: what waits longest, so that all is read within `everyDays`. */
  kind: "damaged" | "quick" | "rolling";
  budgetSeconds: number;
  everyDays: number;
};

/**
 * Reads sealed segments until everything wanted is read or the time is over; a segment that was begun is read to its end, so each check
 * comes further. Those that were damaged before come first. Takes no lease: sealed segments do not change, and backups go on
 * meanwhile. What looks damaged is looked at once more while no maintenance can run, because a compaction takes segments away.
 * What was read is remembered also when the check is cancelled or dies.
 */
export async function checkSegments(keeper: Keeper, ids: Ids, order: SegmentOrder, signal: AbortSignal) {
  const { repositoryId } = ids;
  const { path } = keeper.repositories.get(ids.clientId, repositoryId);
  const seal = await demandSeal(keeper, repositoryId);
  const record = onlySealed(await readCoverage(keeper, repositoryId), seal);
  const endsAt = performance.now() + order.budgetSeconds * 1000;
  const pace = paceOf(seal, order);
  const done = { segmentsRead: 0, bytesRead: 0, complete: true };
  let writtenAt = performance.now();
  try {
    for (const segment of inOrder(seal, record, await listSegments(path, signal), order)) {
      const before = readingOf(record, segment);
      const damaged = record.damaged.find((one) => one.segment === segment.n);
      if (!damaged && isEnough(order, pace, done.bytesRead, before?.readAt ?? null, keeper.now())) break;
      if (performance.now() >= endsAt && done.segmentsRead > 0) {
        done.complete = false;
        break;
      }
      const digest = damaged?.sha256 ?? before?.sha256 ?? null;
      const first = await readSegment(path, segment, digest, signal);
      const reading = first.whole ? first : await confirm(keeper, ids, segment, digest, signal);
      if (reading) note(record, segment, reading, digest, keeper.now());
      done.segmentsRead++;
      done.bytesRead += first.bytes;
      if (performance.now() - writtenAt < WRITE_EVERY_MS) continue;
      await writeCoverage(keeper, repositoryId, record);
      writtenAt = performance.now();
    }
  } finally {
    await writeCoverage(keeper, repositoryId, record);
  }
  return { ...done, record };
}

export async function demandSeal(keeper: Keeper, repositoryId: string): Promise<Seal> {
  const seal = await readSealInForce(keeper.paths, repositoryId);
  if (seal) return seal;
  throw new KeeperRefuses(
    "not-allowed",
    "This repository has not been sealed yet. It can be checked after the first clean audit.",
  );
}

function inOrder(
  seal: Seal,
  record: CoverageRecord,
  listing: SegmentListing,
  { kind }: SegmentOrder,
): Sealed[] {
  const damaged = new Set(record.damaged.map((one) => one.segment));
  const readAt = (segment: Sealed) => readingOf(record, segment)?.readAt ?? "";
  const first = seal.segments.filter(({ n }) => damaged.has(n));
  const rest = seal.segments.filter(({ n }) => !damaged.has(n));
  if (kind === "damaged") return first;
  if (kind === "quick") {
    const isOdd = ({ n, size }: Sealed) => listing.get(n)?.size !== size;
    const wanted = rest.filter((segment) => readAt(segment) === "" || isOdd(segment));
    return [...first, ...wanted.sort((a, b) => b.n - a.n)];
  }
  return [...first, ...rest.sort((a, b) => readAt(a).localeCompare(readAt(b)) || a.n - b.n)];
}

/** Bytes a day that suffice to have read everything within the days, when one begins with what waits longest. */
const paceOf = (seal: Seal, { everyDays }: SegmentOrder) =>
  seal.segments.reduce((sum, { size }) => sum + size, 0) / Math.max(1, everyDays * PACE);

/** A rolling check has done its day when nothing waits too long and its share is read. */
function isEnough(order: SegmentOrder, pace: number, bytesRead: number, readAt: string | null, now: Date) {
  if (order.kind !== "rolling" || readAt === null || bytesRead < pace) return false;
  return now.getTime() - Date.parse(readAt) < order.everyDays * PACE * DAY_MS;
}

/** Null: it is no sealed segment any more. */
async function confirm(
  keeper: Keeper,
  { clientId, repositoryId }: Ids,
  segment: Sealed,
  digest: string | null,
  signal: AbortSignal,
): Promise<SegmentReading | null> {
  const release = await keeper.leases.read(repositoryId, CONFIRM_PATIENCE_MS, signal);
  try {
    const seal = await demandSeal(keeper, repositoryId);
    const isSealed = seal.segments.some(
      (one) => one.n === segment.n && one.size === segment.size && one.mtimeNs === segment.mtimeNs,
    );
    if (!isSealed) return null;
    const { path } = keeper.repositories.get(clientId, repositoryId);
    return await readSegment(path, segment, digest, signal);
  } finally {
    release();
  }
}

/** Changes the record in place: there may be many thousand segments. */
function note(
  record: CoverageRecord,
  { n, size, mtimeNs }: Sealed,
  reading: SegmentReading,
  digest: string | null,
  now: Date,
) {
  record.damaged = record.damaged.filter((one) => one.segment !== n);
  if (reading.whole) {
    record.segments[String(n)] = { size, mtimeNs, readAt: now.toISOString(), sha256: reading.sha256 };
    return;
  }
  delete record.segments[String(n)];
  record.damaged.push({ segment: n, say: reading.say, sha256: digest });
}
