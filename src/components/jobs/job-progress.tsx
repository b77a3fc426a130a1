"use client";

import type { ReactNode } from "react";
import { progressPercent } from "~/components/system/progress-percent";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { Elapsed } from "~/components/ui/elapsed";
import { Progress } from "~/components/ui/progress";
import { isEnded } from "~/domain/job";
import { workedMs } from "~/domain/job-timeline";
import { formatRate } from "~/domain/quantity";
import type { Progress as ProgressReport } from "~/protocol/v1";
import type { JobDetail } from "./job-detail";
import { useTransfer } from "./use-transfer";

/** The numbers of a backup or restore, large: as they grow, and afterwards as they were reported. Nothing where there are none, as before it starts. */
export function JobProgress({ job }: { job: JobDetail }) {
  const { progress } = job;
  const transfer = useTransfer(progress);
  const figures = figuresOf(job);
  const ended = isEnded(job.state);
  const waits = job.state === "queued" || job.state === "blocked";
  if (waits || (ended && figures === null)) return null;
  const backup = job.kind === "backup";
  const ofDatabase = "database" in job.payload && job.payload.database !== undefined;
  const words = wordsOf(job, ofDatabase);
  const percent = progressPercent(progress);
  const worked = workedMs(job, job.endedAt ?? job.createdAt);
  const average = ended && figures && worked ? figures.originalBytes / (worked / 1000) : null;
  const rate = ended ? average : transfer.bytesPerSecond;
  return (
    <div className="grid gap-4 rounded-md border bg-panel p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 xl:grid-cols-6">
        {ofDatabase ? null : (
          <Figure
            label="Files"
            of={!ended && progress?.totalFiles ? <Count value={progress.totalFiles} /> : null}
          >
            <Count value={figures?.files ?? 0} />
          </Figure>
        )}
        <Figure
          label={words.bytes}
          of={!ended && progress?.totalBytes ? <Bytes value={progress.totalBytes} /> : null}
        >
          <Bytes value={figures?.originalBytes ?? 0} />
        </Figure>
        {backup ? (
          <>
            <Figure label="Compressed">
              <Bytes value={figures?.compressedBytes ?? 0} />
            </Figure>
            <Figure label="New in the repository">
              <Bytes value={figures?.deduplicatedBytes ?? 0} />
            </Figure>
          </>
        ) : null}
        <Figure label={ended ? "On average" : words.rate}>
          {rate === null ? <Absent /> : formatRate(rate)}
        </Figure>
        <Figure label={ended ? "Took" : "Elapsed"}>
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
              {percent === null ? phaseWords(job) : `${Math.floor(percent)} %`}
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

/** What was reported at the end if it was, else the last progress; null when the job never told a number. */
function figuresOf(
  job: JobDetail,
): Pick<ProgressReport, "files" | "originalBytes" | "compressedBytes" | "deduplicatedBytes"> | null {
  const { result } = job;
  if (result?.kind === "backup" && result.archive) return result.archive;
  if (result?.kind === "restore") {
    return { files: result.files, originalBytes: result.bytes, compressedBytes: 0, deduplicatedBytes: 0 };
  }
  return job.progress;
}

function wordsOf(job: JobDetail, ofDatabase: boolean): { bytes: string; rate: string } {
  if (job.kind === "backup") return { bytes: "Read", rate: "Reading" };
  if ("dryRun" in job.payload && job.payload.dryRun) return { bytes: "Looked at", rate: "Looking" };
  return { bytes: ofDatabase ? "Passed on" : "Written", rate: "Writing" };
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

function phaseWords(job: JobDetail): string {
  const phase = job.progress?.phase;
  return phase ? `${phase.charAt(0).toUpperCase()}${phase.slice(1)}` : "Starting";
}
