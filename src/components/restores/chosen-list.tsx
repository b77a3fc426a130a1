import { X } from "lucide-react";
import { NameText } from "~/components/archives/name-text";
import { SelectionTotal } from "~/components/archives/selection-total";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { formatCount } from "~/domain/quantity";
import { type Chosen, useArchiveNames } from "./use-chosen";

const MOST_SHOWN = 200;

/** What is chosen, by archive, each to be taken out again, with how much it is where the catalog knows. */
export function ChosenList({ chosen }: { chosen: Chosen }) {
  const { parts, drop, clear } = chosen;
  const names = useArchiveNames(parts);
  const count = parts.reduce((sum, { paths }) => sum + paths.length, 0);
  if (count === 0) return null;
  return (
    <section aria-label="What is chosen" className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p aria-live="polite" className="font-medium">
          {count === 1 ? "1 chosen" : `${formatCount(count)} chosen`}
        </p>
        <Button size="small" variant="quiet" onClick={clear}>
          Clear
        </Button>
      </div>
      <ul className="max-h-72 divide-y overflow-auto rounded-md border bg-panel">
        {parts.map(({ archiveId, paths }) => (
          <li key={archiveId}>
            <p className="flex flex-wrap justify-between gap-x-4 bg-sunken px-3 py-1 text-[0.8125rem] text-ink-soft">
              <span className="break-all">from {names.get(archiveId) ?? "an archive"}</span>
              <SelectionTotal archiveId={archiveId} selection={paths} />
            </p>
            <ul className="divide-y">
              {paths.slice(0, MOST_SHOWN).map((path) => (
                <li key={path} className="flex items-center gap-2 py-1 pr-1 pl-3">
                  <code className="min-w-0 flex-1 break-all font-mono text-[0.8125rem]">
                    /<NameText path={path} />
                  </code>
                  <IconButton
                    label="Take out of the selection"
                    className="size-7"
                    onClick={() => drop({ archiveId, path })}
                  >
                    <X aria-hidden />
                  </IconButton>
                </li>
              ))}
              {paths.length > MOST_SHOWN ? (
                <li className="px-3 py-1.5 text-ink-soft">
                  and {formatCount(paths.length - MOST_SHOWN)} more
                </li>
              ) : null}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
