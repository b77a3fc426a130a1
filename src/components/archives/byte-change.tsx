import { cn } from "~/components/ui/class-names";
import { formatBytes, formatCount } from "~/domain/quantity";

/** By how much something grew or shrank, with its sign. */
export function ByteChange({ bytes, className }: { bytes: number; className?: string }) {
  return (
    <span
      title={`${formatCount(Math.abs(bytes))} bytes ${bytes < 0 ? "less" : "more"}`}
      className={cn("whitespace-nowrap", bytes === 0 && "text-ink-soft", className)}
    >
      {bytes > 0 ? "+" : ""}
      {formatBytes(bytes)}
    </span>
  );
}
