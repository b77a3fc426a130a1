import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { tellDrilled } from "~/domain/restore-report";
import { tellBackup } from "~/domain/result-words";
import { DryRunReport, RestoreReport } from "../restores/restore-report";
import { JobDatabases } from "./job-databases";
import type { JobDetail } from "./job-detail";

/** What came of a job, in sentences, with the list of what was left out. Nothing while it runs. */
export function JobOutcome({ job }: { job: JobDetail }) {
  const { result, told, repositoryName } = job;
  if (result?.kind === "restore") {
    if (result.drilled) return <Sentences sentences={tellDrilled(result, result.drilled)} />;
    if (!result.wouldWrite) return <RestoreReport job={job} result={result} />;
    return (
      <Section title="What would be written" boxed>
        <DryRunReport result={result} />
      </Section>
    );
  }
  const sentences = result ? tellBackup(result, repositoryName) : told;
  if (sentences.length === 0) return null;
  return (
    <Section title="What came of it" boxed>
      <div className="grid gap-3">
        <List sentences={sentences} />
        {result?.archive ? <Written job={job} /> : null}
        {result?.databases ? <JobDatabases databases={result.databases} /> : null}
      </div>
    </Section>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  return (
    <Section title="What came of it" boxed>
      <List sentences={sentences} />
    </Section>
  );
}

function List({ sentences }: { sentences: readonly string[] }) {
  return (
    <ul className="grid max-w-prose gap-1">
      {sentences.map((sentence) => (
        <li key={sentence} className="break-words">
          {sentence}
        </li>
      ))}
    </ul>
  );
}

function Written({ job }: { job: JobDetail }) {
  if (!job.repositoryId) return null;
  return (
    <p>
      <TextLink inline href={`/archives?repositoryId=${job.repositoryId}`}>
        Archives of {job.repositoryName ?? "this repository"}
      </TextLink>
      <span className="text-ink-soft"> show it as soon as the server has seen it committed.</span>
    </p>
  );
}
