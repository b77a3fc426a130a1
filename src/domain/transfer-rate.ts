/** Bytes known at an instant, from one progress report. */
export interface TransferSample {
  at: Date;
  bytes: number;
}

/** A rate that follows the transfer without jumping with every report. */
export interface TransferRate {
  last: TransferSample;
  /** Null until two samples tell a rate. */
  bytesPerSecond: number | null;
}

/** Seconds after which an old rate counts for 1/e of the shown one. Ten follow a change within a few reports and still read calmly. */
export const RATE_SMOOTHING_SECONDS = 10;

/**
 * Takes one more sample into the rate; exponential smoothing over real time, so that reports may come unevenly. A sample that is
 * not newer changes nothing; fewer bytes than before mean a new try and begin anew.
 */
export function nextRate(rate: TransferRate | null, sample: TransferSample): TransferRate {
  if (rate === null || sample.bytes < rate.last.bytes) return { last: sample, bytesPerSecond: null };
  const seconds = (sample.at.getTime() - rate.last.at.getTime()) / 1000;
  if (seconds <= 0) return rate;
  const now = (sample.bytes - rate.last.bytes) / seconds;
  const keep = Math.exp(-seconds / RATE_SMOOTHING_SECONDS);
  const bytesPerSecond = rate.bytesPerSecond === null ? now : rate.bytesPerSecond * keep + now * (1 - keep);
  return { last: sample, bytesPerSecond };
}

/** Seconds until `totalBytes` at this rate; null when the total or the rate is not known or nothing moves. */
export function secondsLeft(rate: TransferRate | null, totalBytes: number | null): number | null {
  if (rate === null || rate.bytesPerSecond === null || rate.bytesPerSecond < 1 || totalBytes === null)
    return null;
  return Math.max(0, (totalBytes - rate.last.bytes) / rate.bytesPerSecond);
}
