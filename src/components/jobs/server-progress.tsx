"use client";

import { progressPercent } from "~/components/system/progress-percent";
import { Bytes } from "~/components/ui/bytes";
import { Duration } from "~/components/ui/duration";
import { Progress } from "~/components/ui/progress";
import { formatRate } from "~/domain/quantity";
import type { JobDetail } from "./job-detail";
import { useTransfer } from "./use-transfer";

/** What the storage node says of its long work (keeper contract, `work-progress`). */
const PHASES: Record<string, string> = {
  copying: "Copying, and reading back what was copied",
  checking: "borg checks the copy",
  listing: "Comparing the archives with the ledger",
  repairing: "borg repairs",
  ending: "Putting everything in its place",
};

/** How far the server's own long work is, while it runs. Nothing for work that tells no numbers. */
export function ServerProgress({ job }: { job: JobDetail }) {
  const { progress } = job;
  const transfer = useTransfer(progress);
  if (job.state !== "running" || progress === null) return null;
  const copying = progress.phase === "copying";
  const percent = copying ? progressPercent(progress) : null;
  const words = PHASES[progress.phase] ?? progress.phase;
  return (
    <div className="grid gap-3 rounded-md border bg-panel p-4" aria-live="polite">
      <p className="font-medium">{words}</p>
      <Progress label={words} value={percent} />
      {copying ? (
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-ink-soft">
          <span>
            <Bytes value={progress.originalBytes} />
            {progress.totalBytes ? (
              <>
                {" "}
                of <Bytes value={progress.totalBytes} />
              </>
            ) : null}
          </span>
          {transfer.bytesPerSecond === null ? null : <span>{formatRate(transfer.bytesPerSecond)}</span>}
          {transfer.secondsLeft === null ? null : (
            <span>
              <Duration seconds={transfer.secondsLeft} /> left
            </span>
          )}
        </p>
      ) : null}
    </div>
  );
}
