const OLDEST = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/**
 * An instant as a machine claims it, as far as we store it: a clock that is years off is shown, one that would not fit a
 * calendar is not. Before 2000 or more than a day ahead of us it becomes `now`.
 */
export function claimedInstant(text: string, now: Date): Date {
  const at = Date.parse(text);
  return at >= OLDEST && at <= now.getTime() + DAY_MS ? new Date(at) : now;
}
