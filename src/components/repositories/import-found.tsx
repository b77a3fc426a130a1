import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Duration } from "~/components/ui/duration";
import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { isReadableByAll } from "~/domain/repository";
import type { FoundRepository } from "~/domain/repository-import";

/** Archives that are listed by name. */
const LISTED = 20;

/** What borg and the storage node found in a repository that is not taken in yet. */
export function ImportFound({ found }: { found: FoundRepository }) {
  const { archives, archiveCount, encryption } = found;
  return (
    <div className="grid gap-3">
      <KeyValue
        items={[
          ["Archives", <Count key="archives" value={archiveCount} />],
          ["Made", <Span key="made" found={found} />],
          ["Size", <Bytes key="size" value={found.bytes} />],
          [
            "Encryption",
            isReadableByAll(encryption) ? (
              <span key="encryption" className="text-warn">
                {encryption}: readable for whoever has the files
              </span>
            ) : (
              encryption
            ),
          ],
          ["Format", "version 1: borg 1.x"],
          ["Append-only", found.appendOnly ? "yes; here the gate and the vault see to it" : "no"],
          [
            "Its own quota",
            found.quotaBytes === null ? (
              "none"
            ) : (
              <span key="quota">
                <Bytes value={found.quotaBytes} /> (not taken over; set one on its page)
              </span>
            ),
          ],
          ...(found.uncommittedSegments > 0
            ? [
                [
                  "Uncommitted",
                  `${found.uncommittedSegments} segments of a backup that was cut off; borg drops them`,
                ] as const,
              ]
            : []),
          ["Read in", <Duration key="seconds" seconds={found.seconds} />],
          [
            "borg's id",
            <code key="id" className="break-all font-mono text-[0.8125rem]">
              {found.borgId}
            </code>,
          ],
        ]}
      />
      {archives.length > 0 ? (
        <details>
          <summary className="min-h-7 cursor-pointer font-medium">
            {archiveCount > LISTED ? `The newest ${LISTED} archives` : "All archives"}
          </summary>
          <ul className="mt-1 divide-y rounded-md border">
            {archives.slice(0, LISTED).map(({ name, startedAt, hostname }) => (
              <li
                key={`${name} ${startedAt}`}
                className="flex flex-wrap justify-between gap-x-4 px-3 py-1.5 text-[0.8125rem]"
              >
                <span className="break-all">{name}</span>
                <span className="text-ink-soft">
                  {hostname ? `${hostname}, ` : ""}
                  <ExactTime at={new Date(startedAt)} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

function Span({ found: { oldestStartedAt, newestStartedAt } }: { found: FoundRepository }) {
  if (oldestStartedAt === null || newestStartedAt === null) return <>never: there is no archive in it</>;
  return (
    <>
      from <ExactTime at={new Date(oldestStartedAt)} /> to <ExactTime at={new Date(newestStartedAt)} />, as
      their makers claim
    </>
  );
}
