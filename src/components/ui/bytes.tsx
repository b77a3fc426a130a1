import { formatBytes, formatCount } from "~/domain/quantity";

/** An amount of data in binary units, with the exact number of bytes on hover. */
export function Bytes({ value, absent = "-" }: { value: number | null; absent?: string }) {
  if (value === null) return <span className="text-ink-soft">{absent}</span>;
  return (
    <span title={`${formatCount(value)} bytes`} className="whitespace-nowrap">
      {formatBytes(value)}
    </span>
  );
}
