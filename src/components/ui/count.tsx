import { formatCount } from "~/domain/quantity";

/** A whole number, grouped. */
export function Count({ value, absent = "-" }: { value: number | null; absent?: string }) {
  if (value === null) return <span className="text-ink-soft">{absent}</span>;
  return <span className="whitespace-nowrap">{formatCount(value)}</span>;
}
