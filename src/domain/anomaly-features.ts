/** What a backup came to, as far as the anomaly score looks at it. Counts of files are of everything that is no folder. */
export interface BackupFeatures {
  /** `borg`: the catalog does not hold the archive, so only borg's own numbers were there. */
  basis: "catalog" | "borg";
  files: number;
  bytes: number;
  /** borg's sizes of the whole archive; null: borg could not say. */
  originalBytes: number | null;
  compressedBytes: number | null;
  /** What no archive held before, compressed. */
  newBytes: number | null;
  durationSeconds: number | null;
  /** The plan's archive before it; null: it is the first one. */
  before: {
    files: number;
    bytes: number;
    originalBytes: number | null;
    compressedBytes: number | null;
  } | null;
  /** What differs from the archive before; null: not known. */
  changes: BackupChanges | null;
  /** Sources or excludes of the plan are others than at the backup before. */
  orderChanged: boolean;
}

export interface BackupChanges {
  added: { files: number; bytes: number };
  removed: { files: number; bytes: number };
  /** Another content by size or time; another mode or owner alone is none. */
  changed: { files: number; bytesBefore: number; bytesAfter: number };
  /** Those of `added` that came where as many went from the same folder. */
  replaced: { files: number; bytes: number };
  /** Files that went from kinds of names that shrank to kinds that grew. */
  extensionShift: number;
  /** The kinds of names that changed most, for the reader. */
  extensions: { extension: string; came: number; went: number; changed: number }[];
}

/** Features as shares of the backup before, from 0; null: not known. */
export interface BackupMeasures {
  /** How many files fewer there are, and bytes; 0: not fewer. */
  lostFiles: number;
  lostBytes: number;
  /** Files that are not as they were: other content, replaced, or gone without having moved. */
  rewritten: number | null;
  /** Bytes written over with what does not compress. */
  scrambled: number | null;
  shifted: number | null;
  /** New data in the repository by what the archive before took there. */
  newData: number | null;
  /** How much worse the archive compresses than the one before. */
  compressesWorse: number | null;
  durationSeconds: number | null;
}

/** What a tree is taken to compress to where borg could not say. */
const USUAL_RATIO = 0.6;

/**
 * How much of what should be new data must be new before files that look changed or moved count: below this part of the usual compressed
 * size their contents were in the repository already (moved, touched, their owner changed back and forth).
 */
const REALLY_NEW = 0.3;

/** Null: there is no backup before it to measure by. */
export function measureBackup(features: BackupFeatures): BackupMeasures | null {
  const { before, changes } = features;
  if (!before) return null;
  const ratio = usualRatio(features);
  const grown = ratioOf(features);
  const was = ratioOf(before);
  return {
    lostFiles: lost(before.files, features.files),
    lostBytes: lost(before.bytes, features.bytes),
    rewritten: changes && before.files > 0 ? rewrittenShare(features, changes, before.files, ratio) : null,
    scrambled: scrambledShare(features),
    shifted: changes && before.files > 0 ? changes.extensionShift / before.files : null,
    newData:
      features.newBytes !== null && before.compressedBytes
        ? features.newBytes / before.compressedBytes
        : null,
    compressesWorse: grown !== null && was !== null ? Math.max(0, grown - was) : null,
    durationSeconds: features.durationSeconds,
  };
}

/** What the archive before compressed to, by its original size. */
export function usualRatio({ before }: BackupFeatures): number {
  return (before && ratioOf(before)) ?? USUAL_RATIO;
}

/**
 * How well compresses what was written over files that were there: 1 is not at all. `least` takes everything that was added beside for
 * incompressible (a photo import explains new data), `most` for nothing. Null: nothing was written over, or borg's numbers are missing.
 */
export function rewrittenRatio({
  changes,
  newBytes,
}: BackupFeatures): { least: number; most: number } | null {
  if (!changes || newBytes === null) return null;
  const over = changes.changed.bytesAfter + changes.replaced.bytes;
  if (over <= 0) return null;
  const beside = Math.max(0, changes.added.bytes - changes.replaced.bytes);
  return { least: Math.max(0, newBytes - beside) / over, most: newBytes / over };
}

/** Above it data counts as incompressible; where the plan's data compress badly anyway it must be clearly worse than usual. */
export function incompressibleFrom(ratio: number): number {
  return Math.max(0.85, Math.min(0.95, ratio + 0.15));
}

function rewrittenShare(
  { newBytes }: BackupFeatures,
  { added, removed, changed }: BackupChanges,
  filesBefore: number,
  ratio: number,
): number {
  const isNew = (bytes: number) =>
    newBytes === null || bytes <= 0 ? 1 : Math.min(1, newBytes / (REALLY_NEW * ratio * bytes));
  const swapped = Math.min(added.files, removed.files);
  const files =
    changed.files * isNew(changed.bytesAfter) +
    swapped * isNew(Math.min(added.bytes, removed.bytes)) +
    (removed.files - swapped);
  return Math.min(1, files / filesBefore);
}

function scrambledShare(features: BackupFeatures): number | null {
  const { before, changes } = features;
  const over = rewrittenRatio(features);
  if (!before || !changes || features.newBytes === null) return null;
  if (!over || before.bytes <= 0 || over.least < incompressibleFrom(usualRatio(features))) return 0;
  return Math.min(1, (changes.changed.bytesAfter + changes.replaced.bytes) / before.bytes);
}

const lost = (before: number, after: number) => (before <= 0 ? 0 : Math.max(0, before - after) / before);

const ratioOf = (of: { originalBytes: number | null; compressedBytes: number | null }) =>
  of.originalBytes && of.compressedBytes !== null ? Math.min(1, of.compressedBytes / of.originalBytes) : null;
