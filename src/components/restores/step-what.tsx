import { FolderSearch } from "lucide-react";
import { SelectedPaths } from "~/components/archives/selection-tray";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { RadioGroup } from "~/components/ui/radio-group";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";
import { DatabaseList, DatabaseListComing } from "./database-list";
import type { DatabaseChoice, DatabaseOption } from "./use-database-choice";
import type { What } from "./use-wizard";

/** Step 1: the selection, everything, or a database. */
export function StepWhat({
  archiveHref,
  fileCount,
  selection,
  what,
  setWhat,
  databases,
  choice,
  toggle,
  next,
}: {
  archiveHref: string;
  fileCount: number | null;
  selection: Selection;
  what: What;
  setWhat: (what: What) => void;
  /** `data` undefined: not here yet. */
  databases: { data: readonly DatabaseOption[] | undefined; error: unknown; refetch: () => unknown };
  choice: DatabaseChoice;
  toggle: (path: string) => void;
  next: () => void;
}) {
  const listed = databases.data ?? [];
  const offersDatabases = listed.length > 0 || what === "database";
  const ready = { selection: selection.length > 0, all: true, database: choice.chosen !== null }[what];
  return (
    <div className="grid gap-4">
      <RadioGroup
        label="What to restore"
        value={what}
        onChange={setWhat}
        choices={[
          {
            value: "selection",
            label:
              selection.length === 1
                ? "One file or folder"
                : `${formatCount(selection.length)} files and folders`,
            hint: "What you have selected in the archive. A folder means all that is in it.",
          },
          {
            value: "all",
            label: "Everything in the archive",
            hint: fileCount === null ? undefined : `${formatCount(fileCount)} files.`,
          },
          ...(offersDatabases
            ? [
                {
                  value: "database" as const,
                  label: "A database",
                  hint: "Loaded back into its server: as a copy beside it, or in its place.",
                },
              ]
            : []),
        ]}
      />
      {what === "database" ? (
        databases.data ? (
          <DatabaseList databases={databases.data} choice={choice} />
        ) : (
          <DatabaseListComing error={databases.error} retry={() => void databases.refetch()} />
        )
      ) : null}
      {what !== "selection" ? null : selection.length === 0 ? (
        <EmptyState
          icon={FolderSearch}
          title="Nothing is selected yet."
          action={<ButtonLink href={archiveHref}>Select in the archive</ButtonLink>}
        />
      ) : (
        <>
          <SelectedPaths selection={selection} toggle={toggle} />
          <div>
            <ButtonLink href={archiveHref}>Change the selection</ButtonLink>
          </div>
        </>
      )}
      <div className="flex justify-end border-t pt-4">
        <Button variant="primary" disabled={!ready} onClick={next}>
          Next: where to
        </Button>
      </div>
    </div>
  );
}
