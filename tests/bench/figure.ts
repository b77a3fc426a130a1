/** One measured number. `bar`: the most it may be; null when it is only reported. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  bar: number | null;
  /** How it was taken, short enough to stand in one line. */
  how: string;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest rank: the smallest value that at least so many percent do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}
