import Link from "next/link";
import { cn } from "~/components/ui/class-names";

export type DayState = "ok" | "warned" | "failed" | "none";

const LOOKS: Record<DayState, { style: string; word: string }> = {
  ok: { style: "bg-ok-fill", word: "backed up" },
  warned: { style: "bg-warn-fill", word: "backed up with warnings" },
  failed: { style: "bg-fail-fill", word: "failed" },
  none: { style: "border border-idle-fill bg-transparent", word: "no backup" },
};

/** One day of one client. Warned carries a bar and failed a cross, so that the colour is not needed. */
export function DayCell({
  day,
  state,
  jobId,
  clientName,
  entry,
  bare = false,
}: {
  day: string;
  state: DayState;
  jobId: string | null;
  clientName: string;
  /** The one square of a row that Tab reaches. */
  entry: boolean;
  /** Only the square, for the legend. */
  bare?: boolean;
}) {
  const look = LOOKS[state];
  const square = cn("block aspect-square w-full max-w-5 rounded-sm", look.style);
  const glyph = <Glyph state={state} />;
  if (bare) return <span className={square}>{glyph}</span>;
  const label = `${clientName}, ${day}: ${look.word}`;
  return (
    <li>
      {jobId ? (
        <Link
          data-day
          prefetch={false}
          href={`/jobs/${jobId}`}
          tabIndex={entry ? 0 : -1}
          title={label}
          aria-label={label}
          className={cn(square, "hover:ring-2 hover:ring-ink")}
        >
          {glyph}
        </Link>
      ) : (
        <span data-day tabIndex={-1} role="img" title={label} aria-label={label} className={square}>
          {glyph}
        </span>
      )}
    </li>
  );
}

function Glyph({ state }: { state: DayState }) {
  if (state !== "failed" && state !== "warned") return null;
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 10 10"
      className="size-full stroke-white"
      strokeWidth="1.600"
      strokeLinecap="round"
    >
      <path d={state === "failed" ? "M3 3l4 4M7 3l-4 4" : "M5 2.500v3M5 7.500v.01"} />
    </svg>
  );
}
