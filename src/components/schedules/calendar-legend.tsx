import { cn } from "~/components/ui/class-names";
import { ENTRY_LOOKS, ENTRY_STATES } from "./entry-look";

/** What the colours mean, and on which clock the hours stand. */
export function CalendarLegend({ zone, keptFree }: { zone: string; keptFree: boolean }) {
  return (
    <ul
      aria-label="Legend"
      className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[0.75rem] text-ink-soft"
    >
      {ENTRY_STATES.map((state) => {
        const look = ENTRY_LOOKS[state];
        return (
          <li key={state} className="flex items-center gap-1.5">
            <span className={cn("flex size-4 items-center justify-center rounded-sm border", look.style)}>
              <look.icon aria-hidden className="size-3" />
            </span>
            {look.word}
          </li>
        );
      })}
      {keptFree ? (
        <li className="flex items-center gap-1.5">
          <span className="kept-free size-4 rounded-sm border" />
          kept free by some plans
        </li>
      ) : null}
      <li className="ml-auto">Hours of {zone}</li>
    </ul>
  );
}
