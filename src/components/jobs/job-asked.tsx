import type { ReactNode } from "react";
import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import type { JobPayloadOf } from "~/domain/job-payload";
import { compressionWords } from "~/domain/plan-words";
import { formatCount } from "~/domain/quantity";
import { askedOfRestore, isRestore } from "./asked-restore";
import { AskedPaths, AskedText } from "./asked-text";
import type { JobDetail } from "./job-detail";

/** What the job was asked to do, as it stood when it was asked: the plan may have changed since. */
export function JobAsked({ job }: { job: JobDetail }) {
  const facts: (readonly [string, ReactNode])[] = [
    ["Client", <Go key="client" href={`/clients/${job.clientId}`} text={job.clientName} />],
  ];
  if (job.planId && job.planName)
    facts.push(["Plan", <Go key="plan" href={`/plans/${job.planId}`} text={job.planName} />]);
  if (job.repositoryId && job.repositoryName) {
    facts.push([
      "Repository",
      <Go key="repository" href={`/repositories/${job.repositoryId}`} text={job.repositoryName} />,
    ]);
  }
  return (
    <Section title="What was asked" boxed>
      <KeyValue items={[...facts, ...askedOf(job)]} className="sm:grid-cols-[max-content_minmax(0,1fr)]" />
    </Section>
  );
}

function askedOf(job: JobDetail): (readonly [string, ReactNode])[] {
  const asked = job.payload;
  if ("sources" in asked) {
    return [
      ["Directories", <AskedPaths key="paths" paths={asked.sources} />],
      [
        "Left out",
        asked.excludes.length > 0 ? <AskedPaths key="excludes" paths={asked.excludes} /> : "nothing",
      ],
      ["Compression", compressionWords(asked.compression)],
      ["Archive", <AskedText key="archive" text={asked.archiveName} />],
    ];
  }
  if ("trashDays" in asked) return rulesOf(asked);
  if ("archiveIds" in asked) return [["Archives", formatCount(asked.archiveIds.length)]];
  if ("reason" in asked) return [["Reason", <q key="reason">{asked.reason}</q>]];
  return isRestore(asked) ? askedOfRestore(asked) : [];
}

function rulesOf(
  rules: JobPayloadOf<"set-vault-rules"> | Record<string, never>,
): (readonly [string, ReactNode])[] {
  return [
    ["Trash", `${formatCount(rules.trashDays)} days`],
    ["Old seals", `${formatCount(rules.keepOldSealDays)} days`],
    ["Newest kept", formatCount(rules.floorNewest)],
    ["One a week for", `${formatCount(rules.floorWeeklyDays)} days`],
  ];
}

function Go({ href, text }: { href: string; text: string }) {
  return (
    <TextLink href={href} className="wrap-anywhere">
      {text}
    </TextLink>
  );
}
