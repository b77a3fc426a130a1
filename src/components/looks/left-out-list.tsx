import { Bytes } from "~/components/ui/bytes";
import { formatCount } from "~/domain/quantity";
import { NameText } from "../archives/name-text";
import type { Api } from "../system/api";

type LeftOut = NonNullable<Api["looks"]["result"]["result"]>["leftOut"][number];

const WHY = {
  expressions: "several regular expressions, together",
  caches: "folders marked as caches",
  marker: "folders with a marker file",
} as const;

/** What each pattern leaves out, with examples behind it. A pattern that matches nothing says so: it may be mistyped. */
export function LeftOutList({ leftOut }: { leftOut: readonly LeftOut[] }) {
  if (leftOut.length === 0) return null;
  return (
    <section aria-label="Left out" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
      <h3 className="font-medium">Left out</h3>
      <ul className="rounded-md border bg-panel">
        {leftOut.map((one) => (
          <li key={one.pattern ?? one.why} className="border-b px-3 py-1.5 last:border-b-0">
            <LeftOutBy one={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function LeftOutBy({ one }: { one: LeftOut }) {
  const name =
    one.pattern === null ? (
      <span>{one.why === "pattern" ? "a pattern" : WHY[one.why]}</span>
    ) : (
      <code className="break-all font-mono text-[0.8125rem]">
        <bdi>{one.pattern}</bdi>
      </code>
    );
  if (one.samples.length === 0) {
    return (
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        {name}
        <span className="text-[0.8125rem] text-warn">matches nothing there</span>
      </div>
    );
  }
  return (
    <details>
      <summary className="flex cursor-pointer flex-wrap items-baseline justify-between gap-x-3">
        {name}
        <span className="shrink-0">
          {one.counted ? null : <span className="text-ink-soft">at least </span>}
          <Bytes value={one.bytes} />
          <span className="ml-2 text-[0.8125rem] text-ink-soft">{countsOf(one)}</span>
        </span>
      </summary>
      <ul className="grid gap-0.5 pt-1.5 text-ink-soft">
        {one.samples.map((path) => (
          <li key={path} className="break-all font-mono text-[0.8125rem]">
            <NameText path={path} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function countsOf({ files, directories }: LeftOut): string {
  const inFiles = `${formatCount(files)} ${files === 1 ? "file" : "files"}`;
  return directories === 0
    ? inFiles
    : `${inFiles}, ${formatCount(directories)} ${directories === 1 ? "folder" : "folders"}`;
}
