"use client";

import { WifiOff } from "lucide-react";
import { useNow } from "~/components/ui/now";
import { exactTime } from "~/components/ui/relative-time";

/** "no word from web-01 since 14:02", when whoever does the work has been silent past its lease. */
export function SilentMark({ job }: { job: { silentSince: Date | null; clientName: string } }) {
  const { zone } = useNow();
  if (!job.silentSince) return null;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone ?? "UTC",
  });
  return (
    <span
      className="inline-flex items-center gap-1.5 text-[0.8125rem] text-warn"
      title={exactTime(job.silentSince, zone)}
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      no word from {job.clientName} since {time.format(job.silentSince)}
    </span>
  );
}
