import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { RadioGroup } from "~/components/ui/radio-group";
import { SkeletonRows } from "~/components/ui/skeleton";
import { ENGINE_NAMES } from "~/domain/option-words";
import { formatBytes } from "~/domain/quantity";
import type { DatabaseChoice, DatabaseOption } from "./use-database-choice";

/** The databases of an archive, one to be chosen. Those that cannot be put back from here stand below with the reason. */
export function DatabaseList({
  databases,
  choice,
}: {
  databases: readonly DatabaseOption[];
  choice: DatabaseChoice;
}) {
  const possible = databases.filter(({ whyNot }) => whyNot === null);
  const others = databases.filter(({ whyNot }) => whyNot !== null);
  return (
    <div className="grid gap-4">
      {possible.length > 0 ? (
        <RadioGroup
          label="Which database"
          value={choice.chosen?.path ?? null}
          onChange={choice.choose}
          choices={possible.map((one) => ({
            value: one.path ?? "",
            label: <span className="break-all">{one.database}</span>,
            hint: factsOf(one),
          }))}
        />
      ) : (
        <Notice tone="warn" title="None of them can be put back from here">
          The reasons stand below.
        </Notice>
      )}
      {others.length > 0 ? (
        <div className="grid gap-2">
          <p className="font-medium">Not from here</p>
          <ul className="divide-y rounded-md border bg-panel">
            {others.map((one) => (
              <li key={`${one.source} ${one.database}`} className="grid gap-0.5 px-3 py-2">
                <span className="wrap-anywhere">
                  {one.database} <span className="text-[0.8125rem] text-ink-soft">{factsOf(one)}</span>
                </span>
                <span className="wrap-anywhere text-[0.8125rem] text-ink-soft">{one.whyNot}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

/** `PostgreSQL, 12.0 MiB, dumped as main`. */
function factsOf({ engine, bytes, source, problem }: DatabaseOption): string {
  return [
    engine === null ? null : ENGINE_NAMES[engine],
    problem === null ? formatBytes(bytes) : null,
    `dumped as ${source}`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

/** In the place of the list until it has come. */
export function DatabaseListComing({ error, retry }: { error: unknown; retry: () => void }) {
  if (error === null) return <SkeletonRows rows={3} />;
  return <ErrorState title="The databases could not be listed" error={error} retry={retry} />;
}
