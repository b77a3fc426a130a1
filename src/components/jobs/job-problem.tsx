import { CircleAlert } from "lucide-react";
import { CopyButton } from "~/components/ui/copy-button";
import type { JobDetail } from "./job-detail";
import { adviceFor } from "./problem-advice";

/** Why a job failed, and what to do about it. */
export function JobProblem({ job }: { job: JobDetail }) {
  if (!job.problem) return null;
  const { title, todo } = adviceFor(job.problem.code);
  const details = [
    `Job ${job.id} (${job.kind}) of ${job.clientName}: ${job.state}`,
    `Problem ${job.problem.code}: ${job.problem.say}`,
    `Created ${job.createdAt.toISOString()}, ended ${job.endedAt?.toISOString() ?? "not yet"}`,
  ].join("\n");
  return (
    <div role="alert" className="grid gap-3 rounded-md border border-fail/40 bg-panel p-4">
      <div className="flex items-start gap-2">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
        <div className="grid min-w-0 gap-2">
          <p className="font-medium">{title}</p>
          <p className="max-w-prose whitespace-pre-line break-words">{job.problem.say}</p>
          <p className="max-w-prose text-ink-soft">
            <span className="font-medium text-ink">What to do: </span>
            {todo}
          </p>
          <p className="text-[0.8125rem] text-ink-soft">
            Reference <code className="font-mono">{job.id}</code>, code{" "}
            <code className="font-mono">{job.problem.code}</code>
          </p>
        </div>
      </div>
      <div>
        <CopyButton text={details} label="Copy details" />
      </div>
    </div>
  );
}
