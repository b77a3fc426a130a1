import { Circle } from "lucide-react";
import { ExactTime } from "~/components/ui/exact-time";
import { Section } from "~/components/ui/section";
import { JobStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import type { JobKind } from "~/domain/job";
import type { JobRow } from "../system/api";
import type { JobDetail } from "./job-detail";

type Step = "make-parcel" | "restore" | "remove-parcel" | "drill";
const STEPS: readonly Step[] = ["make-parcel", "restore", "remove-parcel"];
const STEPS_OF_DRILL: readonly Step[] = [...STEPS, "drill"];

/** Whether a job is part of a restore onto another machine than the one that made the archives. */
export function isOfStory({ kind, payload }: JobDetail): boolean {
  if (kind === "make-parcel" || kind === "remove-parcel") return true;
  if (kind === "drill") return "onto" in payload && payload.onto !== undefined;
  return kind === "restore" && "parcel" in payload && payload.parcel !== undefined;
}

/** A restore onto another machine as one story: what was selected is packed, restored there, and the parcel is taken away. */
export function RestoreStory({ job }: { job: JobDetail }) {
  const jobs: readonly JobRow[] = [job, ...job.related];
  const restore = jobs.find(({ kind }) => kind === "restore");
  const to = restore?.clientName ?? "the other machine";
  const isDrill = jobs.some(({ kind }) => kind === "drill");
  const words: Record<Step, string> = {
    "make-parcel": `The server packs what was selected, and nothing else, for ${to}`,
    restore: isDrill
      ? `${to} restores out of that parcel, tells the hashes and removes the files`
      : `${to} restores out of that parcel`,
    "remove-parcel": "The parcel is taken away",
    drill: "The server compares the hashes and signs what came of it",
  };
  return (
    <Section title={`This ${isDrill ? "drill" : "restore"} goes to another machine`} boxed>
      <ol className="grid gap-3 md:auto-cols-fr md:grid-flow-col md:gap-6">
        {(isDrill ? STEPS_OF_DRILL : STEPS).map((kind) => (
          <StoryStep key={kind} words={words[kind]} step={newestOf(jobs, kind)} here={job.id} />
        ))}
      </ol>
    </Section>
  );
}

function StoryStep({ words, step, here }: { words: string; step: JobRow | undefined; here: string }) {
  return (
    <li aria-current={step?.id === here ? "step" : undefined} className="grid content-start gap-1">
      {step ? (
        <JobStateBadge state={step.state} />
      ) : (
        <span className="flex items-center gap-1.5 text-[0.8125rem] text-ink-soft">
          <Circle aria-hidden className="size-3.5" />
          To come
        </span>
      )}
      {step && step.id !== here ? (
        <TextLink href={`/jobs/${step.id}`} className="wrap-anywhere">
          {words}
        </TextLink>
      ) : (
        <span className={step ? "wrap-anywhere font-medium" : "wrap-anywhere text-ink-soft"}>{words}</span>
      )}
      {step?.endedAt ? (
        <span className="text-[0.8125rem] text-ink-soft">
          <ExactTime at={step.endedAt} />
        </span>
      ) : null}
    </li>
  );
}

/** A step that was tried again counts as its newest try. */
function newestOf(jobs: readonly JobRow[], kind: JobKind): JobRow | undefined {
  return jobs
    .filter((one) => one.kind === kind)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .at(-1);
}
