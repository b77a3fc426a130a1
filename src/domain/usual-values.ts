import type { BackupMeasures } from "./anomaly-features";

/** Fewer earlier backups say nothing about what is usual: then the absolute rules judge alone. */
export const FEW = 5;
/** Median and this many spreads are usual. A spread is 1.4826 MAD, the standard deviation where chance is normal. */
const SPREADS = 3;
/**
 * Least spreads: a plan in which nothing ever changed is not alarmed by five files of a hundred. What ordinary work hardly ever does at all
 * (writing over files with incompressible data, other kinds of names) has a narrower one.
 */
const LEAST_SPREAD: Record<keyof BackupMeasures, number> = {
  ...{ lostFiles: 0.05, lostBytes: 0.05, rewritten: 0.05, scrambled: 0.01, shifted: 0.01 },
  ...{ newData: 0.1, compressesWorse: 0.02, durationSeconds: 60 },
};

/** Whether the plan's own past holds such a value; null: too few backups to say. */
export function isUsual(
  value: number,
  past: readonly BackupMeasures[],
  of: keyof BackupMeasures,
): boolean | null {
  const values = valuesOf(past, of);
  const middle = median(values);
  if (values.length < FEW || middle === null) return null;
  const deviation = median(values.map((one) => Math.abs(one - middle))) ?? 0;
  return value <= middle + SPREADS * Math.max(1.4826 * deviation, LEAST_SPREAD[of]);
}

export function valuesOf(past: readonly BackupMeasures[], of: keyof BackupMeasures): number[] {
  return past.map((one) => one[of]).filter((value) => value !== null);
}

/** Null: of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
