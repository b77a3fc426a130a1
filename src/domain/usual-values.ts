import type { BackupMeasures } from "./anomaly-features";

/** Fewer earlier backups say nothing about what is usual: then the absolute rules judge alone. */
export const FEW = 5;
/** Median and this many spreads are usual. A spread is 1.4826 MAD, the standard deviation where chance is normal. */
const SPREADS = 3;
/** Least spread of a share: a plan in which nothing ever changed is not alarmed by five files of a hundred. */
const LEAST_SPREAD = 0.05;

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
  return value <= middle + SPREADS * Math.max(1.4826 * deviation, LEAST_SPREAD);
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
