import { CopyButton } from "~/components/ui/copy-button";
import { Notice } from "~/components/ui/notice";
import type { JobDetail } from "./job-detail";
import { adviceFor, tellsWhatToDo } from "./problem-advice";

/** Why a job did not end well, or cannot start without a person, and what to do about it. A queued job's reason stands in the header. */
export function JobProblem({ job }: { job: JobDetail }) {
  if (!job.problem || job.state === "queued") return null;
  const { code, say } = job.problem;
  const advice = adviceFor(code);
  const blocked = job.state === "blocked";
  const title = blocked ? "It cannot start yet" : advice.title;
  const details = [
    `Job ${job.id} (${job.kind}) of ${job.clientName}: ${job.state}`,
    `Problem ${code}: ${say}`,
    `Created ${job.createdAt.toISOString()}, ended ${job.endedAt?.toISOString() ?? "not yet"}`,
  ].join("\n");
  return (
    <Notice
      tone={job.state === "failed" ? "fail" : job.state === "cancelled" ? "info" : "warn"}
      title={title}
      action={<CopyButton text={details} label="Copy details" />}
    >
      <div className="grid gap-1">
        <p className="whitespace-pre-line text-ink">{say}</p>
        {blocked || tellsWhatToDo(say) ? null : <p>{advice.todo}</p>}
        <p className="text-[0.8125rem]">
          Reference <code className="font-mono">{job.id}</code>, code{" "}
          <code className="font-mono">{code}</code>
        </p>
      </div>
    </Notice>
  );
}
