import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Keeper } from "../keeper";
import type { Seal } from "../vault/seal-record";
import { writeAtomically } from "../write-atomically";

/** Something that a check found wrong. `segment` null: it is about the archives. */
export const finding = z.object({ segment: z.number().int().nullable(), say: z.string() });
export type Finding = z.output<typeof finding>;

const coverageRecord = z.object({
  /**
   * By number, which bytes were read when and found whole. A segment of another size or time is another one: a rollback gives
   * numbers out again. `sha256` null: borg read it, which tells no digest.
   */
  segments: z.record(
    z.string().regex(/^\d+$/),
    z.object({
      size: z.number().int(),
      mtimeNs: z.string(),
      readAt: z.string(),
      sha256: z.string().nullable(),
    }),
  ),
  /** Segments that were found damaged and not found whole since. Every check reads them again. `sha256`: what they were before, if known. */
  damaged: z.array(z.object({ segment: z.number().int(), say: z.string(), sha256: z.string().nullable() })),
  /** What borg's own check said last; null: it never ran. One that failed stands until one succeeds. */
  full: z.object({ at: z.string(), findings: z.array(finding) }).nullable(),
});
export type CoverageRecord = z.output<typeof coverageRecord>;

const NOTHING_READ: CoverageRecord = { segments: {}, damaged: [], full: null };

/** Which segments were read again and when, in `vault/<id>/coverage.json`. Written by checks only, one at a time per repository. */
export async function readCoverage(keeper: Keeper, repositoryId: string): Promise<CoverageRecord> {
  try {
    return coverageRecord.parse(JSON.parse(await readFile(pathOf(keeper, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return NOTHING_READ;
    throw error;
  }
}

export async function writeCoverage(
  keeper: Keeper,
  repositoryId: string,
  record: CoverageRecord,
): Promise<void> {
  await writeAtomically(pathOf(keeper, repositoryId), `${JSON.stringify(record)}\n`, 0o600);
}

/** The record without segments that the seal does not hold: compacted away, or rolled back. */
export function onlySealed(record: CoverageRecord, seal: Seal): CoverageRecord {
  const sealed = new Set(seal.segments.map(({ n }) => n));
  return {
    segments: Object.fromEntries(
      seal.segments.flatMap((segment) => {
        const read = readingOf(record, segment);
        return read ? [[String(segment.n), read]] : [];
      }),
    ),
    damaged: record.damaged.filter(({ segment }) => sealed.has(segment)),
    full: record.full,
  };
}

/** When this very segment was read last and found whole; null: never. */
export function readingOf(record: CoverageRecord, { n, size, mtimeNs }: Seal["segments"][number]) {
  const read = record.segments[String(n)];
  return read && read.size === size && read.mtimeNs === mtimeNs ? read : null;
}

/**
 * How much of a seal was read again since `since`, how much has waited for longer, and when the byte that waits longest was read; null:
 * never. What was never read waits since it was written; a time of writing that is still to come is a client's invention and waits always.
 */
export function coverageOf(record: CoverageRecord, seal: Pick<Seal, "segments">, since: Date, now: Date) {
  let totalBytes = 0;
  let coveredBytes = 0;
  let overdueBytes = 0;
  let oldestReadAt: string | null = null;
  let isAnyUnread = false;
  for (const segment of seal.segments) {
    const read = readingOf(record, segment);
    totalBytes += segment.size;
    const writtenAt = Number(BigInt(segment.mtimeNs) / 1_000_000n);
    const waitsSince = read ? Date.parse(read.readAt) : writtenAt > now.getTime() ? 0 : writtenAt;
    if (waitsSince < since.getTime()) overdueBytes += segment.size;
    if (read === null) isAnyUnread = true;
    else {
      if (Date.parse(read.readAt) >= since.getTime()) coveredBytes += segment.size;
      if (oldestReadAt === null || read.readAt < oldestReadAt) oldestReadAt = read.readAt;
    }
  }
  return { totalBytes, coveredBytes, overdueBytes, oldestReadAt: isAnyUnread ? null : oldestReadAt };
}

const pathOf = (keeper: Keeper, repositoryId: string) =>
  join(keeper.paths.vault(repositoryId), "coverage.json");
