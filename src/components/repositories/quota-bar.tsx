import { cn } from "~/components/ui/class-names";
import { formatBytes } from "~/domain/quantity";

/** Share of the quota above which backups will soon fail. */
const NEARLY_FULL = 0.9;

/** How much of its quota a repository uses. */
export function QuotaBar({ sizeBytes, quotaBytes }: { sizeBytes: number | null; quotaBytes: number | null }) {
  if (quotaBytes === null) return <span className="text-ink-soft">no quota</span>;
  const share = Math.min(1, (sizeBytes ?? 0) / quotaBytes);
  const text = `${Math.round(share * 100)} % of ${formatBytes(quotaBytes)}`;
  return (
    <div className="grid gap-1">
      <span
        className={cn(
          "whitespace-nowrap text-[0.8125rem]",
          share > NEARLY_FULL ? "text-warn" : "text-ink-soft",
        )}
      >
        {text}
        {share > NEARLY_FULL ? ", nearly full" : ""}
      </span>
      <div aria-hidden className="h-1 overflow-hidden rounded-sm bg-idle-fill">
        <div
          className={cn("h-full", share > NEARLY_FULL ? "bg-warn-fill" : "bg-accent")}
          style={{ width: `${(share * 100).toFixed(1)}%` }}
        />
      </div>
    </div>
  );
}
