import { formatDuration } from "~/domain/quantity";

/** Usual times, offered where a limit is chosen. */
export const IDLE_MINUTES = [15, 30, 60, 240, 720, 1440, 10_080] as const;
export const ABSOLUTE_HOURS = [8, 12, 24, 168, 720, 2160] as const;

/** The usual times and the one in force, shortest first. */
export function withCurrent(
  usual: readonly number[],
  current: number,
  unit: "minutes" | "hours",
): { value: string; label: string }[] {
  const seconds = unit === "minutes" ? 60 : 3600;
  return [...new Set([...usual, current])]
    .sort((a, b) => a - b)
    .map((value) => ({ value: String(value), label: formatDuration(value * seconds) }));
}
