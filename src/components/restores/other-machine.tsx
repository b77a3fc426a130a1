"use client";

import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { RadioGroup } from "~/components/ui/radio-group";
import { Select } from "~/components/ui/select";
import { SkeletonRows } from "~/components/ui/skeleton";
import { FolderField } from "./folder-field";
import { MachineNotice } from "./machine-notice";
import { NewFolderBelow } from "./place-choices";
import type { Destination } from "./use-other";
import type { Wizard } from "./use-wizard";

/** Which other machine, and where on it. Its original places are never offered: it did not make these archives. */
export function OtherMachine({
  choices,
  other,
  wizard,
  folderProblem,
}: {
  choices: { value: string; label: string }[];
  other: { machine: Destination | null; error: unknown };
  wizard: Wizard;
  folderProblem: string | null;
}) {
  const { machine, error } = other;
  return (
    <div className="grid gap-4 border-line-strong border-l-2 pl-4">
      <Field label="Machine" hint="Those that you may restore to.">
        <Select
          className="max-w-sm"
          choices={choices}
          value={choices.some(({ value }) => value === wizard.onto) ? wizard.onto : null}
          placeholder="Choose a machine"
          onChange={wizard.setOnto}
        />
      </Field>
      {machine ? (
        <>
          <MachineNotice machine={machine} />
          {machine.policy ? (
            <RadioGroup
              label={`Where to on ${machine.name}`}
              value={wizard.into}
              onChange={wizard.setInto}
              choices={[
                {
                  value: "restore-folder",
                  label: "Its restore folder",
                  hint: <NewFolderBelow folder={machine.policy.restoreFolder} />,
                },
                {
                  value: "folder",
                  label: "A folder of my choice",
                  hint: machine.policy.restorePaths.length
                    ? "Below a folder that its own policy allows."
                    : "Below its restore folder. For others add them to “restorePaths” in policy.json on it.",
                },
              ]}
            />
          ) : null}
          {machine.policy && wizard.into === "folder" ? (
            <FolderField
              machine={machine}
              folder={wizard.folder}
              problem={folderProblem}
              setFolder={wizard.setFolder}
            />
          ) : null}
        </>
      ) : error ? (
        <ErrorState title="The machine could not be read" error={error} />
      ) : wizard.onto !== "" ? (
        <SkeletonRows rows={2} />
      ) : null}
    </div>
  );
}
