import { FolderSearch } from "lucide-react";
import { SelectedPaths } from "~/components/archives/selection-tray";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { RadioGroup } from "~/components/ui/radio-group";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";

/** Step 1: the selection, or everything. */
export function StepWhat({
  archiveHref,
  fileCount,
  selection,
  all,
  setAll,
  toggle,
  next,
}: {
  archiveHref: string;
  fileCount: number | null;
  selection: Selection;
  all: boolean;
  setAll: (all: boolean) => void;
  toggle: (path: string) => void;
  next: () => void;
}) {
  return (
    <div className="grid gap-4">
      <RadioGroup
        label="What to restore"
        value={all ? "all" : "selection"}
        onChange={(value) => setAll(value === "all")}
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
        ]}
      />
      {all ? null : selection.length === 0 ? (
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
        <Button variant="primary" disabled={!all && selection.length === 0} onClick={next}>
          Next: where to
        </Button>
      </div>
    </div>
  );
}
