import { Bytes } from "~/components/ui/bytes";
import { cn } from "~/components/ui/class-names";
import { RelativeTime } from "~/components/ui/relative-time";
import { sayForecast } from "~/domain/capacity";
import { formatBytes, formatCount } from "~/domain/quantity";
import type { Overview } from "../system/api";

/** Share of the disk in use above which it is shown as a warning: borg needs room to finish a backup and to compact. */
const NEARLY_FULL = 0.9;

/** How full the storage node's disk is, and what lies on it. `storage` undefined: not this person's to know. */
export function StorageCard({
  storage,
  archives,
}: {
  storage: Overview["storage"] | undefined;
  archives: Overview["archives"];
}) {
  return (
    <div className="grid gap-3">
      {storage ? (
        <Disk storage={storage} />
      ) : storage === undefined ? null : (
        <p className="text-ink-soft">Not measured yet. The worker measures every 30 seconds.</p>
      )}
      <p className="text-ink-soft">
        <span className="text-ink">{formatCount(archives.count)}</span>{" "}
        {archives.count === 1 ? "archive" : "archives"} in <Bytes value={archives.bytes} /> of repositories
      </p>
    </div>
  );
}

function Disk({ storage }: { storage: NonNullable<Overview["storage"]> }) {
  const used = storage.totalBytes - storage.freeBytes;
  const share = storage.totalBytes > 0 ? used / storage.totalBytes : 0;
  const full = share > NEARLY_FULL;
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap justify-between gap-x-4">
        <span className="font-medium">
          <Bytes value={storage.freeBytes} /> free
        </span>
        <span className="text-ink-soft">
          of <Bytes value={storage.totalBytes} />, <RelativeTime at={storage.at} />
        </span>
      </div>
      <div
        role="progressbar"
        aria-label="Storage in use"
        aria-valuemin={0}
        aria-valuemax={storage.totalBytes}
        aria-valuenow={used}
        aria-valuetext={`${formatBytes(used)} of ${formatBytes(storage.totalBytes)} in use`}
        className="h-2 overflow-hidden rounded-sm bg-idle-fill"
      >
        <div
          className={cn("h-full", full ? "bg-warn-fill" : "bg-accent")}
          style={{ width: `${(share * 100).toFixed(1)}%` }}
        />
      </div>
      <p className="text-[0.8125rem] text-ink-soft">
        {storage.forecastOf ? <span className="text-ink">{storage.forecastOf}: </span> : null}
        {sayForecast(storage.forecast)}
      </p>
      {full ? (
        <p className="text-[0.8125rem] text-warn">
          Nearly full: {Math.round(share * 100)} % in use. Make room before backups fail.
        </p>
      ) : null}
    </div>
  );
}
