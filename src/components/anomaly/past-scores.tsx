import { cn } from "~/components/ui/class-names";
import { formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";

type Past = Api["archives"]["suspicion"]["past"][number];

const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** The plan's last backups as bars: how many files of each changed or went. The last one is the archive itself. */
export function PastScores({ past }: { past: readonly Past[] }) {
  const most = Math.max(1, ...past.map(({ touchedFiles }) => touchedFiles ?? 0));
  const first = past[0];
  if (past.length < 2 || !first) return null;
  const before = past
    .slice(0, -1)
    .flatMap(({ touchedFiles }) => (touchedFiles === null ? [] : [touchedFiles]));
  const last = past.at(-1);
  return (
    <figure className="grid gap-1.5">
      <div
        role="img"
        aria-label={`Files changed or gone: ${formatCount(last?.touchedFiles ?? 0)} in this backup, at most ${formatCount(Math.max(0, ...before))} in the ${before.length} before it.`}
        className="flex h-20 items-end gap-0.5"
      >
        {past.map((one) => (
          <span
            key={one.archiveId}
            title={`${day.format(one.observedAt)}: ${one.touchedFiles === null ? "not known" : `${formatCount(one.touchedFiles)} files changed or gone`}, score ${one.score}`}
            className={cn(
              "min-w-1 flex-1 rounded-t-xs",
              one.strength === "strong" ? "bg-fail" : one.strength === "mild" ? "bg-warn" : "bg-idle-fill",
            )}
            style={{ height: `${Math.max(2, ((one.touchedFiles ?? 0) / most) * 100)}%` }}
          />
        ))}
      </div>
      <figcaption className="flex justify-between gap-4 text-[0.8125rem] text-ink-soft">
        <span>{day.format(first.observedAt)}</span>
        <span>this backup</span>
      </figcaption>
    </figure>
  );
}
