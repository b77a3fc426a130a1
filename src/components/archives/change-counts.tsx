import { cn } from "~/components/ui/class-names";
import { formatCount } from "~/domain/quantity";

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;
const INKS = { added: "text-ok", changed: "text-ink", removed: "text-fail" } as const;
const KINDS = ["added", "changed", "removed"] as const;

/** How many files were added, changed and removed; what is none is left out. `inWords`: with the words, else with signs. */
export function ChangeCounts({
  counts,
  inWords = false,
}: {
  counts: Record<(typeof KINDS)[number], number>;
  inWords?: boolean;
}) {
  const told = KINDS.filter((kind) => counts[kind] > 0);
  if (told.length === 0) return <span className="text-ink-soft">no files</span>;
  return (
    <span className={cn("inline-flex flex-wrap gap-x-3", !inWords && "gap-x-2")}>
      {told.map((kind) => (
        <span key={kind} className={cn("whitespace-nowrap", INKS[kind])}>
          {inWords ? (
            `${formatCount(counts[kind])} ${kind}`
          ) : (
            <>
              <span aria-hidden>{`${SIGNS[kind]}${formatCount(counts[kind])}`}</span>
              <span className="sr-only">{`${formatCount(counts[kind])} ${kind}`}</span>
            </>
          )}
        </span>
      ))}
    </span>
  );
}
