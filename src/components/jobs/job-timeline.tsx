"use client";

import { Check, Circle, CircleSlash, CircleX, type LucideIcon, Minus, TriangleAlert } from "lucide-react";
import { cn } from "~/components/ui/class-names";
import { ExactTime } from "~/components/ui/exact-time";
import type { JobKind } from "~/domain/job";
import { JOB_KINDS } from "~/domain/job";
import { type JobTimes, type TimelineStep, timelineOf } from "~/domain/job-timeline";

/** The states a job has been through, with their instants. */
export function JobTimeline({
  job,
  by,
}: {
  job: JobTimes & { kind: JobKind; requestedByName: string | null };
  by: string;
}) {
  const agent = JOB_KINDS[job.kind].executor === "agent";
  const words: Record<TimelineStep["key"], string> = {
    created: `Asked for by ${job.requestedByName ?? "the server"}`,
    assigned: agent ? `Handed to ${by}` : "Taken by the worker",
    started: agent ? `borg started on ${by}` : "Started",
    stopping: `Asked to stop: waiting for ${by}`,
    ended: ENDED[job.state] ?? "Ends",
  };
  return (
    <ol className="grid">
      {timelineOf(job).map((step) => (
        <li key={step.key} className="group grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3">
          <div className="flex flex-col items-center">
            <StepMark step={step} jobState={job.state} />
            <span aria-hidden className="w-px flex-1 bg-line group-last:hidden" />
          </div>
          <div className="pb-3 group-last:pb-0">
            <p
              aria-current={step.state === "now" ? "step" : undefined}
              className={cn(step.state === "now" && "font-medium", isQuiet(step) && "text-ink-soft")}
            >
              {words[step.key]}
              {step.state === "skipped" ? " (never happened)" : ""}
            </p>
            {step.at ? (
              <p className="text-[0.8125rem] text-ink-soft">
                <ExactTime at={step.at} />
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

const ENDED: Partial<Record<JobTimes["state"], string>> = {
  succeeded: "Succeeded",
  warned: "Done, with warnings",
  failed: "Failed",
  cancelled: "Cancelled",
};

function isQuiet(step: TimelineStep): boolean {
  return step.state === "ahead" || step.state === "skipped";
}

function StepMark({ step, jobState }: { step: TimelineStep; jobState: JobTimes["state"] }) {
  if (step.state === "now") {
    return (
      <span aria-hidden className="mt-0.5 grid size-4 place-items-center rounded-full border-2 border-accent">
        <span className="size-1.5 animate-live rounded-full bg-accent" />
      </span>
    );
  }
  const look =
    step.key === "ended" && step.state === "done" ? (END_LOOKS[jobState] ?? DONE) : LOOKS[step.state];
  return <look.icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", look.ink)} />;
}

interface MarkLook {
  icon: LucideIcon;
  ink: string;
}
const DONE: MarkLook = { icon: Check, ink: "text-ok" };
const LOOKS: Record<"done" | "ahead" | "skipped", MarkLook> = {
  done: DONE,
  ahead: { icon: Circle, ink: "text-line-strong" },
  skipped: { icon: Minus, ink: "text-line-strong" },
};
const END_LOOKS: Partial<Record<JobTimes["state"], MarkLook>> = {
  failed: { icon: CircleX, ink: "text-fail" },
  warned: { icon: TriangleAlert, ink: "text-warn" },
  cancelled: { icon: CircleSlash, ink: "text-idle" },
};
