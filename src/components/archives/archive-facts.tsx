import type { ReactNode } from "react";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { TextLink } from "~/components/ui/text-link";
import { timesSmaller } from "~/domain/result-words";
import type { Api } from "../system/api";
import { ClockNote } from "./clock-note";

/** The numbers of an archive, large, and below them where it comes from. */
export function ArchiveFacts({ archive }: { archive: Api["archives"]["get"] }) {
  const smaller = timesSmaller(archive.originalBytes, archive.compressedBytes);
  return (
    <div className="grid gap-4 rounded-md border bg-panel p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
        <Figure label="Files">
          <Count value={archive.fileCount} absent="not told" />
        </Figure>
        <Figure label="Original" note="on the machine">
          <Bytes value={archive.originalBytes} absent="not told" />
        </Figure>
        <Figure label="Compressed" note={smaller ? `${smaller} smaller` : undefined}>
          <Bytes value={archive.compressedBytes} absent="not told" />
        </Figure>
        <Figure label="New data" note="added to the repository">
          <Bytes value={archive.deduplicatedBytes} absent="not told" />
        </Figure>
        <Figure label="Took">
          <Duration seconds={archive.durationSeconds} absent="not told" />
        </Figure>
      </dl>
      <dl className="grid gap-x-6 gap-y-2 border-t pt-3 sm:grid-cols-2">
        <div>
          <dt className="text-[0.8125rem] text-ink-soft">Seen by the server: the time that counts</dt>
          <dd>
            <ExactTime at={archive.observedAt} />
          </dd>
        </div>
        <div className="grid content-start">
          <dt className="text-[0.8125rem] text-ink-soft">Claimed by the machine</dt>
          <dd>
            <ExactTime at={archive.claimedEndAt ?? archive.claimedStartAt} />
          </dd>
          <dd className="text-[0.8125rem]">
            <ClockNote archive={archive} />
          </dd>
        </div>
      </dl>
      <details className="border-t pt-3">
        <summary className="cursor-pointer text-ink-soft hover:text-ink">Where it comes from</summary>
        <KeyValue className="pt-3" items={originOf(archive)} />
      </details>
    </div>
  );
}

function originOf(archive: Api["archives"]["get"]): (readonly [string, ReactNode])[] {
  return [
    [
      "Client",
      <TextLink key="client" href={`/clients/${archive.clientId}`}>
        {archive.clientName}
      </TextLink>,
    ],
    [
      "Repository",
      <TextLink key="repository" href={`/repositories/${archive.repositoryId}`}>
        {archive.repositoryName}
      </TextLink>,
    ],
    [
      "Plan",
      archive.planId && archive.planName ? (
        <TextLink key="plan" href={`/plans/${archive.planId}`}>
          {archive.planName}
        </TextLink>
      ) : (
        "not of a plan"
      ),
    ],
    [
      "Job",
      archive.jobId ? (
        <TextLink key="job" href={`/jobs/${archive.jobId}`}>
          The backup that made it
        </TextLink>
      ) : (
        "not made by a job of this server"
      ),
    ],
    ["Written on", [archive.username, archive.hostname].filter(Boolean).join(" on ") || "not told"],
    [
      "borg's id",
      <code key="id" className="break-all font-mono text-[0.8125rem]">
        {archive.borgId}
      </code>,
    ],
  ];
}

function Figure({
  label,
  note,
  children,
}: {
  label: string;
  note?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className="grid content-start gap-0.5">
      <dt className="text-[0.8125rem] text-ink-soft">{label}</dt>
      <dd className="font-semibold text-xl leading-7">{children}</dd>
      {note ? <dd className="text-[0.8125rem] text-ink-soft">{note}</dd> : null}
    </div>
  );
}
