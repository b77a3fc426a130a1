import { ErrorState } from "~/components/ui/error-state";
import { RadioGroup } from "~/components/ui/radio-group";
import { SkeletonRows } from "~/components/ui/skeleton";
import { ENGINE_NAMES } from "~/domain/option-words";
import { formatBytes } from "~/domain/quantity";
import type { DatabaseChoice, DatabaseOption } from "./use-database-choice";

/** The databases of an archive, one to be chosen. What cannot be put back is shown with the reason, not hidden. */
export function DatabaseList({
  databases,
  choice,
}: {
  databases: readonly DatabaseOption[];
  choice: DatabaseChoice;
}) {
  return (
    <RadioGroup
      label="Which database"
      value={choice.chosen?.path ?? null}
      onChange={choice.choose}
      choices={databases.map((one) => ({
        value: one.path ?? `${one.source} ${one.database}`,
        label: <span className="break-all">{one.database}</span>,
        hint: (
          <span className="grid gap-0.5">
            <span>{factsOf(one)}</span>
            {one.whyNot ? <span className="wrap-anywhere">{one.whyNot}</span> : null}
          </span>
        ),
        disabled: one.whyNot !== null,
      }))}
    />
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
