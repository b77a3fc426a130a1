import { blackoutEnd } from "./blackouts";
import type { Setting } from "./settings";
import { wallClock } from "./wall-clock";

/** Where there are no windows, all the time is one. */
const WHOLE_DAY_SECONDS = 86_400;

/**
 * Whether maintenance may begin at an instant, and how many seconds are left of the window it falls into. No windows at all: always, with a
 * whole day. The change of a clock within a window may make it an hour longer or shorter.
 */
export function maintenanceWindow(
  setting: Pick<Setting<"maintenance">, "windows" | "zone">,
  at: Date,
): { open: boolean; secondsLeft: number } {
  if (setting.windows.length === 0) return { open: true, secondsLeft: WHOLE_DAY_SECONDS };
  const local = wallClock(setting.zone).localAt(at.getTime());
  const end = blackoutEnd(setting.windows, local);
  return end === null ? { open: false, secondsLeft: 0 } : { open: true, secondsLeft: (end - local) / 1000 };
}
