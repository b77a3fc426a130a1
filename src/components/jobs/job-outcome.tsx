import { CopyLine } from "~/components/ui/copy-line";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import { tellBackup, tellRestore } from "~/domain/result-words";
import type { AgentJobResult } from "~/protocol/v1";
import { JobDatabases } from "./job-databases";
import type { JobDetail } from "./job-detail";
import { UndoDatabase } from "./undo-database";

/** What came of a job, in sentences, with the list of what was left out. Nothing while it runs. */
export function JobOutcome({ job }: { job: JobDetail }) {
  const { result } = job;
  const sentences = sentencesOf(job);
  if (sentences.length === 0) return null;
  return (
    <Section title="What came of it" boxed>
      <div className="grid gap-3">
        <ul className="grid max-w-prose gap-1">
          {sentences.map((sentence) => (
            <li key={sentence} className="break-words">
              {sentence}
            </li>
          ))}
        </ul>
        {result ? <Written result={result} job={job} /> : null}
        {result?.kind === "backup" && result.databases ? <JobDatabases databases={result.databases} /> : null}
        {result?.kind === "restore" && result.database ? <UndoDatabase database={result.database} /> : null}
        {result?.kind === "restore" ? <Skipped result={result} /> : null}
      </div>
    </Section>
  );
}

function sentencesOf({ result, told, repositoryName }: JobDetail): string[] {
  if (!result) return told;
  return result.kind === "backup" ? tellBackup(result, repositoryName) : tellRestore(result);
}

function Written({ result, job }: { result: NonNullable<JobDetail["result"]>; job: JobDetail }) {
  if (result.kind === "restore") return result.writtenTo ? <CopyLine text={result.writtenTo} /> : null;
  if (!result.archive || !job.repositoryId) return null;
  return (
    <p>
      <TextLink inline href={`/archives?repositoryId=${job.repositoryId}`}>
        Archives of {job.repositoryName ?? "this repository"}
      </TextLink>
      <span className="text-ink-soft"> show it as soon as the server has seen it committed.</span>
    </p>
  );
}

function Skipped({ result }: { result: Extract<AgentJobResult, { kind: "restore" }> }) {
  if (result.skippedCount === 0) return null;
  const shown = result.skipped.length;
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">
        Left out
        {shown < result.skippedCount
          ? `, the first ${formatCount(shown)} of ${formatCount(result.skippedCount)}`
          : ""}
      </h3>
      <ul className="max-h-72 divide-y overflow-auto rounded-md border">
        {result.skipped.map(({ path, why }) => (
          <li key={`${path} ${why}`} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-2">
            <code className="break-all font-mono text-[0.8125rem]">{path}</code>
            <span className="text-ink-soft">{why}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
