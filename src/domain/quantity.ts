/** How amounts are written, in the console and on the command line alike. Plain text, no locale: the same everywhere. */
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

/** Bytes in binary units with three significant figures at least: `0 B`, `1.50 KiB`, `12.3 GiB`, `512 MiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // 1023.99 KiB would read "1024 KiB".
  if (unit > 0 && Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${bytes < 0 ? "−" : ""}${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Whole number with thin groups: `1 234 567` (narrow no-break spaces). */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A length of time in at most two units: `0 s`, `850 ms`, `42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(" ");
}

/** Distance of an instant from now: `just now`, `12 min ago`, `in 3 h 12 min`, `5 d ago`. */
export function formatDistance(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 10) return "just now";
  const coarse =
    distance < 60
      ? Math.round(distance)
      : distance < 86_400
        ? Math.floor(distance / 60) * 60
        : Math.floor(distance / 3600) * 3600;
  // What lies ahead is waited for, so minutes matter; of the past the largest unit is enough.
  const text = seconds < 0 ? formatDuration(coarse).split(" ").slice(0, 2).join(" ") : formatDuration(coarse);
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}
