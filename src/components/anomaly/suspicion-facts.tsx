import type { ReactNode } from "react";
import { Bytes } from "~/components/ui/bytes";
import { Duration } from "~/components/ui/duration";
import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { TextLink } from "~/components/ui/text-link";
import { formatBytes, formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";

type Suspicion = NonNullable<Api["archives"]["suspicion"]["suspicion"]>;

/** What was counted, and what it was held against. */
export function SuspicionFacts({ suspicion }: { suspicion: Suspicion }) {
  const { features, before, basis, beforeArchiveId } = suspicion;
  const { changes } = features;
  const facts: (readonly [string, ReactNode])[] = [
    [
      "Held against",
      before ? (
        <>
          <TextLink inline href={`/archives/${before.archiveId}`}>
            {before.name}
          </TextLink>
          , <RelativeTime at={before.observedAt} />
        </>
      ) : beforeArchiveId ? (
        "the backup before it, which is gone by now"
      ) : (
        "nothing: it is the first backup of its plan"
      ),
    ],
  ];
  if (changes)
    facts.push(
      ["Changed", withBytes(changes.changed.files, changes.changed.bytesAfter)],
      ["Came", withBytes(changes.added.files, changes.added.bytes)],
      ["Went", withBytes(changes.removed.files, changes.removed.bytes)],
    );
  facts.push(["Files in it", withBytes(features.files, features.bytes)]);
  facts.push([
    "New data",
    features.newBytes === null ? "not known" : <Bytes key="new" value={features.newBytes} />,
  ]);
  facts.push([
    "Took",
    features.durationSeconds === null ? (
      "not known"
    ) : (
      <Duration key="took" seconds={features.durationSeconds} />
    ),
  ]);
  facts.push([
    "Judged by",
    basis === "catalog"
      ? "every file in the catalog, and borg's sizes"
      : "borg's sizes alone: the catalog did not hold it",
  ]);
  facts.push(["Judged", <RelativeTime key="at" at={suspicion.scoredAt} />]);
  return <KeyValue items={facts} />;
}

const withBytes = (files: number, bytes: number) =>
  `${formatCount(files)} ${files === 1 ? "file" : "files"}, ${formatBytes(bytes)}`;
