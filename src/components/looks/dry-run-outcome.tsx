import { Bytes } from "~/components/ui/bytes";
import { Duration } from "~/components/ui/duration";
import { Notice } from "~/components/ui/notice";
import { formatBytes, formatCount } from "~/domain/quantity";
import { NameText } from "../archives/name-text";
import type { Api } from "../system/api";
import { LeftOutList } from "./left-out-list";

type Result = NonNullable<Api["looks"]["result"]["result"]>;

/** What a backup would take, in numbers, names and sizes. Counts say "at least" where not all was walked. */
export function DryRunOutcome({ result }: { result: Result }) {
  const { included, problems, problemCount, unreadable, missing } = result;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
      <p>
        {result.complete ? "A backup would take " : "A backup would take at least "}
        <strong>{formatBytes(included.bytes)}</strong> in {formatCount(included.files)}{" "}
        {included.files === 1 ? "file" : "files"} and {formatCount(included.directories)}{" "}
        {included.directories === 1 ? "folder" : "folders"}
        <span className="text-ink-soft">
          , before compression and deduplication. borg {result.borgVersion} on the machine says so, after{" "}
          <Duration seconds={result.seconds} />.
        </span>
      </p>
      {result.complete ? null : (
        <Notice tone="warn" title="Stopped after ten minutes">
          The numbers are of the part that was walked by then. A backup itself has no such limit.
        </Notice>
      )}
      {missing.length > 0 ? (
        <Notice tone="warn" title={`Not there: ${missing.join(", ")}`}>
          Nothing is mounted or made at this place. A backup takes the rest and ends with a warning.
        </Notice>
      ) : null}
      {unreadable.files > 0 ? (
        <Notice
          tone="warn"
          title={`${formatCount(unreadable.files)} ${unreadable.files === 1 ? "file" : "files"} cannot be read by the agent`}
        >
          <Names paths={unreadable.samples} />
        </Notice>
      ) : null}
      {problemCount > 0 ? (
        <Notice tone="warn" title={`borg had ${formatCount(problemCount)} remarks`}>
          <ul className="grid gap-0.5">
            {problems.map((text) => (
              <li key={text} className="break-words font-mono text-[0.8125rem]">
                {text}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <LeftOutList leftOut={result.leftOut} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Largest title="Largest folders" items={result.largestFolders} />
        <Largest title="Largest files" items={result.largestFiles} />
      </div>
    </div>
  );
}

interface Item {
  path: string;
  bytes: number;
  files?: number;
}

function Largest({ title, items }: { title: string; items: readonly Item[] }) {
  const most = items[0]?.bytes ?? 0;
  if (most === 0) return null;
  return (
    <section aria-label={title} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
      <h3 className="font-medium">{title}</h3>
      <ul className="rounded-md border bg-panel">
        {items.map((item) => (
          <li key={item.path} className="grid gap-1 border-b px-3 py-1.5 last:border-b-0">
            <div className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 break-all font-mono text-[0.8125rem]">
                <NameText path={item.path} />
              </span>
              <span className="shrink-0 text-right">
                <Bytes value={item.bytes} />
                {item.files === undefined ? null : (
                  <span className="ml-2 text-[0.8125rem] text-ink-soft">
                    {formatCount(item.files)} {item.files === 1 ? "file" : "files"}
                  </span>
                )}
              </span>
            </div>
            <div aria-hidden className="h-1 rounded-sm bg-idle-fill">
              <div
                className="h-full rounded-sm bg-accent"
                style={{ width: `${Math.max(1, Math.round((100 * item.bytes) / most))}%` }}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Paths, one a line. */
function Names({ paths }: { paths: readonly string[] }) {
  return (
    <ul className="grid gap-0.5">
      {paths.map((path) => (
        <li key={path} className="break-all font-mono text-[0.8125rem]">
          <NameText path={path} />
        </li>
      ))}
    </ul>
  );
}
