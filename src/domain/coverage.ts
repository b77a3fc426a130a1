import { formatBytes } from "./quantity";
import type { Coverage } from "./repository";

const DAY_MS = 86_400_000;

/**
 * Why a repository is behind with being read again, for the person; null: every byte that is stored for so many days was read within them.
 * What was written lately and not read yet is not behind. `storedSince`: since when there is anything to read; with `coverage` null nothing
 * of it ever was.
 */
export function saysBehind(
  given: { coverage: Coverage | null; storedSince: Date; everyDays: number },
  now: Date,
): string | null {
  const { coverage, storedSince, everyDays } = given;
  const isOld = (at: Date | string) => now.getTime() - new Date(at).getTime() > everyDays * DAY_MS;
  const days = everyDays === 1 ? "a day" : `${everyDays} days`;
  if (coverage === null) return isOld(storedSince) ? `Nothing of it was ever read again in ${days}.` : null;
  if (isOld(coverage.measuredAt)) return `No check has read anything of it for ${days}.`;
  const { overdueBytes = 0, totalBytes, oldestReadAt } = coverage;
  if (overdueBytes > 0)
    return `${formatBytes(overdueBytes)} of ${formatBytes(totalBytes)} were not read again within ${days}.`;
  return oldestReadAt !== null && isOld(oldestReadAt)
    ? `A part of its ${formatBytes(totalBytes)} was not read again within ${days}.`
    : null;
}
