import { formatCount } from "~/domain/quantity";
import { groupSkipped } from "~/domain/restore-report";
import type { RestoreResult } from "./restore-result";

/** What was left out, grouped by its reason. Nothing where nothing was. */
export function SkippedList({ result }: { result: RestoreResult }) {
  if (result.skippedCount === 0) return null;
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">Left out, {formatCount(result.skippedCount)}</h3>
      <ul className="grid gap-2">
        {groupSkipped(result).map(({ why, count, paths }) => (
          <li key={why} className="rounded-md border">
            <p className="flex flex-wrap justify-between gap-x-4 bg-sunken px-3 py-1.5">
              <span className="wrap-anywhere">{why}</span>
              <span className="text-ink-soft">{formatCount(count)}</span>
            </p>
            <ul className="max-h-56 divide-y overflow-auto print:max-h-none">
              {paths.map((path) => (
                <li key={path} className="px-3 py-1">
                  <code className="wrap-anywhere font-mono text-[0.8125rem]">{path}</code>
                </li>
              ))}
              {count > paths.length ? (
                <li className="px-3 py-1 text-[0.8125rem] text-ink-soft">
                  {paths.length === 0 ? "" : "and "}
                  {formatCount(count - paths.length)} {paths.length === 0 ? "not named" : "more, not named"}
                </li>
              ) : null}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}
