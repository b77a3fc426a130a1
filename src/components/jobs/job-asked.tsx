import type { ReactNode } from "react";
import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { showPath } from "~/domain/archive-path";
import type { JobPayloadOf } from "~/domain/job-payload";
import { compressionWords, listWords } from "~/domain/plan-words";
import { formatCount } from "~/domain/quantity";
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
      ["Directories", <Paths key="paths" paths={asked.sources} />],
      ["Left out", asked.excludes.length > 0 ? <Paths key="excludes" paths={asked.excludes} /> : "nothing"],
      ["Compression", compressionWords(asked.compression)],
      ["Archive", <Code key="archive" text={asked.archiveName} />],
    ];
  }
  if ("trashDays" in asked) return rulesOf(asked);
  if ("archiveIds" in asked) return [["Archives", formatCount(asked.archiveIds.length)]];
  if ("reason" in asked) return [["Reason", <q key="reason">{asked.reason}</q>]];
  if (!("target" in asked)) return [];
  if (asked.database) {
    return [
      ["Archive", <Go key="archive" href={`/archives/${asked.archiveId}`} text={asked.archiveName} />],
      ["Dump", <Code key="dump" text={asked.database.dump} />],
      ["Database", `${asked.database.into} of ${asked.database.entry}`],
      [
        "How",
        asked.database.replace === false
          ? "a new one; one of that name is left as it is"
          : "in place of what is there, after a dump of it",
      ],
    ];
  }
  const paths = asked.paths.map((path) => `/${showPath(path)}`);
  const target = {
    "restore-folder": "The machine's restore folder",
    folder: asked.target.kind === "folder" ? asked.target.path : "",
    original: "The original place",
  }[asked.target.kind];
  return [
    ["Archive", <Go key="archive" href={`/archives/${asked.archiveId}`} text={asked.archiveName} />],
    ["What", paths.length === 0 ? "everything" : <Paths key="paths" paths={paths} />],
    ["Where to", target],
  ];
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

function Code({ text }: { text: string }) {
  return <code className="wrap-anywhere font-mono text-[0.8125rem]">{text}</code>;
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <span title={paths.join("\n")}>
      <Code text={listWords(paths, 6)} />
    </span>
  );
}
