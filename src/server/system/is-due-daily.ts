const DAY_MS = 24 * 3_600_000;

/** Whether a day has passed since `last`; null: it was never done. */
export function isDueDaily(last: Date | null, now: Date): boolean {
  return last === null || now.getTime() - last.getTime() >= DAY_MS;
}
