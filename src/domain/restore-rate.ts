import { formatDuration } from "./quantity";

/** What a time was measured by, the most telling first: a restore of the machine, a drill onto another one, a drill on the storage node. */
export const MEASURED_BY = ["restore", "drill-onto-client", "drill"] as const;
export type MeasuredBy = (typeof MEASURED_BY)[number];

/** One restore or drill that came to its end: how much it brought back, and how long it took. */
export interface MeasuredRestore {
  by: MeasuredBy;
  bytes: number;
  files: number;
  seconds: number;
}

/** How much a machine has to get back. */
export interface RestoreSize {
  bytes: number;
  files: number;
}

export interface RestoreEstimate {
  seconds: number;
  bytesPerSecond: number | null;
  secondsPerFile: number | null;
  /** What it was measured by; never a mix. */
  by: MeasuredBy;
  runs: number;
}

/** Below it a run says how long borg takes to find a file, not how fast it brings files back. */
export const LEAST_MEASURED_BYTES = 16 * 1024 * 1024;
export const LEAST_MEASURED_FILES = 500;
/** Of the last so many runs. */
export const MEASURED_RUNS = 9;
/** Of a run whose files are smaller on average, the time goes into files; of one with larger ones into bytes. */
const SMALL_FILE_BYTES = 64 * 1024;

/**
 * How long bringing everything back takes, by the medians of what was measured: a rate of bytes from runs with large files, a cost of a file
 * from runs with small ones. Real restores count before drills: one onto another machine knows the network, but not the machine's own disk, and one
 * on the storage node neither. With one kind of runs only, that one speaks for both. Null: nothing was measured that says it.
 */
export function estimateRestore(
  measured: readonly MeasuredRestore[],
  size: RestoreSize,
): RestoreEstimate | null {
  const telling = measured.filter(
    ({ bytes, files, seconds }) =>
      seconds > 0 && (bytes >= LEAST_MEASURED_BYTES || files >= LEAST_MEASURED_FILES),
  );
  const by = MEASURED_BY.find((kind) => telling.some((run) => run.by === kind));
  if (by === undefined) return null;
  const runs = telling.filter((run) => run.by === by).slice(0, MEASURED_RUNS);
  const isSmall = ({ bytes, files }: RestoreSize) => files > 0 && bytes / files < SMALL_FILE_BYTES;
  const large = runs.filter((run) => !isSmall(run));
  const small = runs.filter(isSmall);
  const bytesPerSecond = median(large.map(({ bytes, seconds }) => bytes / seconds));
  const secondsPerFile = median(small.map(({ files, seconds }) => seconds / files));
  const byBytes = bytesPerSecond === null ? 0 : size.bytes / bytesPerSecond;
  const byFiles = secondsPerFile === null ? 0 : size.files * secondsPerFile;
  // Small files alone say nothing of large ones: then the slowest that was seen for a byte is held against them.
  const slowest = bytesPerSecond === null ? median(small.map(({ bytes, seconds }) => bytes / seconds)) : null;
  const held = slowest === null || slowest === 0 ? 0 : size.bytes / slowest;
  const seconds = bytesPerSecond === null ? Math.max(byFiles, held) : byBytes + byFiles;
  return { seconds, bytesPerSecond, secondsPerFile, by, runs: runs.length };
}

/** `Bringing this machine back takes about 3 h 40 min.` */
export function sayRestoreTime(estimate: RestoreEstimate | null): string {
  return estimate === null
    ? "How long bringing this machine back takes was not measured yet."
    : `Bringing this machine back takes about ${formatDuration(Math.max(1, Math.round(estimate.seconds)))}.`;
}

/** What the time is based on. */
export function sayRestoreBasis(estimate: RestoreEstimate | null): string {
  if (estimate === null) return "A restore or a drill of at least 16 MiB or 500 files measures it.";
  const { by, runs } = estimate;
  const many = (one: string, more: string) => (runs === 1 ? `the last ${one}` : `the last ${runs} ${more}`);
  switch (by) {
    case "restore":
      return `By ${many("restore", "restores")} of this machine.`;
    case "drill-onto-client":
      return `By ${many("drill", "drills")} onto another machine: the network is in it, this machine's own disk is not.`;
    case "drill":
      return `By ${many("drill", "drills")} on the storage node: the network and the machine's own disk are not in it.`;
  }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
