import { Printer } from "lucide-react";
import { Button } from "~/components/ui/button";
import { CopyLine } from "~/components/ui/copy-line";
import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import { workedMs } from "~/domain/job-timeline";
import { formatDuration, formatRate } from "~/domain/quantity";
import { tellRestore, tellWouldWrite, whatNext } from "~/domain/restore-report";
import type { JobDetail } from "../jobs/job-detail";
import { UndoDatabase } from "../jobs/undo-database";
import { PathList } from "./path-list";
import type { RestoreResult } from "./restore-result";
import { SkippedList } from "./skipped-list";
import { WouldWriteList } from "./would-write-list";

/** What came of a restore: what was written where, what was left out and why, what to do next. Printed alone. */
export function RestoreReport({ job, result }: { job: JobDetail; result: RestoreResult }) {
  const asked = job.payload;
  const place = "target" in asked ? asked.target.kind : "";
  const early = job.state === "failed" || job.state === "cancelled";
  const next = whatNext(result, { ended: early ? "early" : "well", place });
  const worked = workedMs(job, job.endedAt ?? job.createdAt);
  return (
    <Section
      title={early ? "What was written until then" : "Report"}
      boxed
      action={
        <Button size="small" variant="quiet" className="print:hidden" onClick={() => window.print()}>
          <Printer aria-hidden />
          Print
        </Button>
      }
    >
      <div data-paper className="grid gap-4 print:absolute print:inset-x-0 print:top-0">
        <h3 className="hidden font-semibold text-lg print:block">
          Restore on {job.clientName}
          {"archiveName" in asked ? ` from ${asked.archiveName}` : ""}
        </h3>
        <ul className="grid max-w-prose gap-1">
          {tellRestore(result).map((sentence) => (
            <li key={sentence} className="wrap-anywhere">
              {sentence}
            </li>
          ))}
        </ul>
        {result.writtenTo ? <CopyLine text={result.writtenTo} /> : null}
        <KeyValue
          className="hidden print:grid"
          items={[
            ["Ended", <ExactTime key="ended" at={job.endedAt} />],
            ["Took", worked ? formatDuration(worked / 1000) : "not told"],
            [
              "On average",
              worked && result.bytes > 0 ? formatRate(result.bytes / (worked / 1000)) : "not told",
            ],
            ["Asked for by", job.requestedByName ?? "the server"],
          ]}
        />
        {result.database ? <UndoDatabase database={result.database} /> : null}
        <SkippedList result={result} />
        {result.written ? <PathList written={result.written} open={early} /> : null}
        {next.length > 0 ? (
          <div className="grid gap-1">
            <h3 className="font-medium">What to do next</h3>
            <ol className="grid max-w-prose list-decimal gap-1 pl-5">
              {next.map((step) => (
                <li key={step} className="wrap-anywhere">
                  {step}
                </li>
              ))}
            </ol>
          </div>
        ) : null}
      </div>
    </Section>
  );
}

/** What a dry run found out: how much would become what, and the first files by name. */
export function DryRunReport({ result }: { result: RestoreResult }) {
  const { wouldWrite } = result;
  if (!wouldWrite) return <p className="text-ink-soft">The machine's agent did not tell what it found.</p>;
  return (
    <div className="grid gap-4">
      <ul className="grid max-w-prose gap-1">
        {tellWouldWrite(wouldWrite).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <WouldWriteList wouldWrite={wouldWrite} />
      <SkippedList result={result} />
    </div>
  );
}
