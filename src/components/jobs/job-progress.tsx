"use client";

import type { ReactNode } from "react";
import { progressPercent } from "~/components/system/progress-percent";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { Elapsed } from "~/components/ui/elapsed";
import { Progress } from "~/components/ui/progress";
import { isEnded } from "~/domain/job";
import { formatRate } from "~/domain/quantity";
import type { JobDetail } from "./job-detail";
import { useTransfer } from "./use-transfer";

/** The numbers of a backup or restore, large, as they grow. */
export function JobProgress({ job }: { job: JobDetail }) {
  const { progress } = job;
  const transfer = useTransfer(progress);
  const ended = isEnded(job.state);
  const backup = job.kind === "backup";
  const percent = progressPercent(progress);
  return (
    <div className="grid gap-4 rounded-md border bg-panel p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 xl:grid-cols-6">
        <Figure label="Files" of={progress?.totalFiles ? <Count value={progress.totalFiles} /> : null}>
          <Count value={progress?.files ?? 0} />
        </Figure>
        <Figure
          label={backup ? "Read" : "Written"}
          of={progress?.totalBytes ? <Bytes value={progress.totalBytes} /> : null}
        >
          <Bytes value={progress?.originalBytes ?? 0} />
        </Figure>
        {backup ? (
          <>
            <Figure label="Compressed">
              <Bytes value={progress?.compressedBytes ?? 0} />
            </Figure>
            <Figure label="New in the repository">
              <Bytes value={progress?.deduplicatedBytes ?? 0} />
            </Figure>
          </>
        ) : null}
        <Figure label={backup ? "Reading" : "Writing"}>
          {ended || transfer.bytesPerSecond === null ? <Absent /> : formatRate(transfer.bytesPerSecond)}
        </Figure>
        <Figure label="Elapsed">
          {job.startedAt ? <Elapsed since={job.startedAt} until={job.endedAt} /> : <Absent />}
        </Figure>
        {!ended && progress?.totalBytes ? (
          <Figure label="Left">
            <Duration seconds={transfer.secondsLeft} />
          </Figure>
        ) : null}
      </dl>
      {ended ? null : (
        <div className="grid gap-2">
          <Progress label="Progress" value={percent} />
          <div className="flex min-h-5 min-w-0 items-baseline gap-3 text-[0.8125rem] text-ink-soft">
            <span className="shrink-0">
              {percent === null ? phaseWords(progress?.phase) : `${Math.floor(percent)} %`}
            </span>
            {progress?.currentPath ? (
              // Right to left cuts a long path at its beginning; the isolate keeps its own order.
              <code
                className="min-w-0 truncate text-left font-mono [direction:rtl]"
                title={progress.currentPath}
              >
                <bdi>{progress.currentPath}</bdi>
              </code>
            ) : null}
          </div>
        </div>
      )}
    </div>
  );
}

function Figure({ label, of, children }: { label: string; of?: ReactNode; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-0.5">
      <dt className="text-[0.8125rem] text-ink-soft">{label}</dt>
      <dd className="font-semibold text-xl leading-7">
        {children}
        {of ? <span className="font-normal text-ink-soft text-sm"> of {of}</span> : null}
      </dd>
    </div>
  );
}

function Absent() {
  return <span className="text-ink-soft">-</span>;
}

function phaseWords(phase: string | undefined): string {
  if (!phase) return "Starting";
  return `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`;
}
