"use client";

import { useQuery } from "@tanstack/react-query";
import { CopyLine } from "~/components/ui/copy-line";
import { Section } from "~/components/ui/section";
import { adviseBorgExit } from "~/domain/borg-exit-words";
import { shellLine } from "~/domain/shell-line";
import { useTRPC } from "~/trpc/react";
import type { JobDetail } from "./job-detail";

/** Lines that are shown as evidence: borg names the cause first and what follows from it after it. */
const MOST_EVIDENCE = 5;

/** What borg was told, word by word, and what its exit code means: the cause, the lines that say it, the next safe step. */
export function JobBorg({ job }: { job: JobDetail }) {
  const { result } = job;
  const command = result?.command;
  const code = result?.borgExitCode ?? null;
  if (!command && code === null) return null;
  return (
    <Section title="borg" boxed>
      <div className="grid gap-4">
        {command ? (
          <div className="grid gap-1.5">
            <h3 className="text-[0.8125rem] text-ink-soft">
              The command that ran on {job.clientName}. Its passphrase came another way and is not part of it.
            </h3>
            <CopyLine text={shellLine(command)} label="Copy the command" />
          </div>
        ) : null}
        {code === null ? null : <ExitCode job={job} code={code} />}
      </div>
    </Section>
  );
}

function ExitCode({ job, code }: { job: JobDetail; code: number }) {
  const { cause, next } = adviseBorgExit(code);
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
      <dt className="text-ink-soft">Exit code</dt>
      <dd>
        <span className="font-medium">{code}</span>: {cause}
      </dd>
      {code === 0 ? null : <Evidence job={job} />}
      {next ? (
        <>
          <dt className="text-ink-soft">Next</dt>
          <dd>{next}</dd>
        </>
      ) : null}
    </dl>
  );
}

/** The first lines of the log that complain. */
function Evidence({ job }: { job: JobDetail }) {
  const trpc = useTRPC();
  const errors = job.state === "failed" ? (["error"] as const) : (["warning", "error"] as const);
  const log = useQuery(trpc.jobs.log.queryOptions({ id: job.id, levels: [...errors], limit: MOST_EVIDENCE }));
  const lines = log.data?.lines ?? [];
  if (lines.length === 0) return null;
  return (
    <>
      <dt className="text-ink-soft">Seen in</dt>
      <dd className="min-w-0">
        <ul className="grid gap-1 rounded-md border bg-sunken px-3 py-2 font-mono text-[0.8125rem]">
          {lines.map((line) => (
            <li key={line.cursor} className="whitespace-pre-wrap wrap-anywhere">
              {line.message}
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}
