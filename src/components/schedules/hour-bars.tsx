import { cn } from "~/components/ui/class-names";
import { formatCount } from "~/domain/quantity";
import { hourName } from "./wall-time";

/** One bar per hour: how much begins in it. The tallest fills the height. Read aloud as a list of the hours that have any. */
export function HourBars({
  label,
  loads,
  names = (at) => hourName(at),
  compact = false,
}: {
  label: string;
  loads: readonly number[];
  /** Of a bar, by its place; the places of the day are hours. */
  names?: (at: number) => string;
  compact?: boolean;
}) {
  const most = Math.max(1, ...loads);
  return (
    <figure className="grid gap-1">
      <figcaption className="sr-only">{label}</figcaption>
      <ol
        aria-label={label}
        className={cn("grid auto-cols-fr grid-flow-col items-end gap-px border-b", compact ? "h-12" : "h-20")}
      >
        {loads.map((load, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its hour.
          <li key={at} className="flex h-full items-end" title={`${names(at)}: ${formatCount(load)}`}>
            <span
              aria-hidden
              className={cn("w-full rounded-t-[2px]", load > 0 ? "min-h-0.5 bg-accent" : "bg-transparent")}
              style={{ height: `${(load / most) * 100}%` }}
            />
            <span className="sr-only">
              {names(at)}: {load}
            </span>
          </li>
        ))}
      </ol>
      <div aria-hidden className="grid grid-cols-4 text-[0.75rem] text-ink-soft">
        {[0, 6, 12, 18].map((at) => (
          <span key={at}>{at < loads.length ? names(at) : ""}</span>
        ))}
      </div>
    </figure>
  );
}
