import { blackoutEnd } from "./blackouts";
import type { PlanOptions } from "./plan-options";
import { wallClock } from "./wall-clock";

/**
 * How fast a backup that begins at `at` may send, in KiB/s; null: as fast as it can. The first window of the plan in which the wall clock
 * of `zone` stands decides, otherwise the plan's usual rate. borg takes its rate when it starts and keeps it (1.2 and 1.4 cannot be told
 * another one), so a backup that runs into another window goes on as it began.
 */
export function uploadRateAt(
  options: Pick<PlanOptions, "uploadKibPerSecond" | "uploadWindows">,
  at: Date,
  zone: string,
): number | null {
  const local = wallClock(zone).localAt(at.getTime());
  const window = options.uploadWindows.find((one) => blackoutEnd([one], local) !== null);
  return window ? window.kibPerSecond : options.uploadKibPerSecond;
}
