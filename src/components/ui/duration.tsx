import { formatDuration } from "~/domain/quantity";

/** A length of time in two units. */
export function Duration({ seconds, absent = "-" }: { seconds: number | null; absent?: string }) {
  if (seconds === null) return <span className="text-ink-soft">{absent}</span>;
  return <span className="whitespace-nowrap">{formatDuration(seconds)}</span>;
}
