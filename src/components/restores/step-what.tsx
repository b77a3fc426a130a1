import { Button } from "~/components/ui/button";
import { RadioGroup } from "~/components/ui/radio-group";
import { ShortTime } from "~/components/ui/short-time";
import { formatBytes, formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";
import { ArchiveChoice } from "./archive-choice";
import { ChooseFiles } from "./choose-files";
import { type CleanSet, CleanSetFacts } from "./clean-set-facts";
import { DatabaseList, DatabaseListComing } from "./database-list";
import type { Pending } from "./pending";
import type { Chosen } from "./use-chosen";
import type { DatabaseChoice, DatabaseOption } from "./use-database-choice";
import type { What, Wizard } from "./use-wizard";
import { WizardFoot } from "./wizard-foot";

/** Step 1: as of when, and files, everything, or a database. */
export function StepWhat({
  archive,
  chosen,
  wizard,
  cleanSet,
  databases,
  choice,
}: {
  archive: Api["archives"]["get"];
  chosen: Chosen;
  wizard: Wizard;
  /** `data` null: the plan has no suspicious run; undefined: not here yet. */
  cleanSet: Pending<CleanSet | null>;
  /** `data` undefined: not here yet. */
  databases: Pending<readonly DatabaseOption[]>;
  choice: DatabaseChoice;
}) {
  const { what, setWhat } = wizard;
  const { fileCount, originalBytes } = archive;
  const size = [
    fileCount === null ? null : `${formatCount(fileCount)} files`,
    originalBytes === null ? null : formatBytes(originalBytes),
  ].filter((part) => part !== null);
  const offersDatabases = (databases.data ?? []).length > 0 || what === "database";
  const ready: Record<What, boolean> = {
    selection: chosen.parts.length > 0,
    all: true,
    clean: Boolean(cleanSet.data),
    database: choice.chosen !== null,
  };
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
      <ArchiveChoice archive={archive} />
      <RadioGroup
        label="What to restore"
        value={what}
        onChange={setWhat}
        choices={[
          {
            value: "selection",
            label: "Files and folders",
            hint: "Chosen below. A folder means all that is in it.",
          },
          {
            value: "all",
            label: "Everything in the archive",
            hint: size.length > 0 ? `${size.join(", ")}.` : undefined,
          },
          ...(cleanSet.data || what === "clean"
            ? [
                {
                  value: "clean" as const,
                  label: cleanSet.data ? (
                    <>
                      The clean set as of <ShortTime at={cleanSet.data.lastClean.observedAt} />
                    </>
                  ) : (
                    "The clean set"
                  ),
                  hint: "Everything as it was before the suspicious run, with what came later and that run did not touch.",
                },
              ]
            : []),
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
      {what === "clean" ? <CleanSetFacts cleanSet={cleanSet} /> : null}
      {what === "selection" ? <ChooseFiles archive={archive} chosen={chosen} /> : null}
      <WizardFoot>
        <Button variant="primary" disabled={!ready[what]} onClick={() => wizard.go("where")}>
          Next: where to
        </Button>
      </WizardFoot>
    </div>
  );
}
