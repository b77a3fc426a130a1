"use client";

import { Button } from "~/components/ui/button";
import { RadioGroup } from "~/components/ui/radio-group";
import { FolderField } from "./folder-field";
import { MachineNotice } from "./machine-notice";
import { OtherMachine } from "./other-machine";
import { placeChoices } from "./place-choices";
import type { Places } from "./use-places";
import type { Wizard } from "./use-wizard";
import { WizardFoot } from "./wizard-foot";

/** Step 2: where the files go. What a machine's policy does not allow is shown with the reason, not hidden. */
export function StepWhere({ places, wizard }: { places: Places; wizard: Wizard }) {
  const { home, machine } = places;
  return (
    <div className="grid gap-4">
      {machine === home ? <MachineNotice machine={home} /> : null}
      <RadioGroup
        label="Where to"
        value={wizard.to}
        onChange={wizard.setTo}
        choices={placeChoices(home, places.reasons)}
      />
      {wizard.to === "folder" ? (
        <FolderField
          machine={home}
          folder={wizard.folder}
          problem={places.folderProblem}
          setFolder={wizard.setFolder}
        />
      ) : null}
      {wizard.to === "another" ? (
        <OtherMachine
          choices={places.others}
          other={places.other}
          wizard={wizard}
          folderProblem={places.folderProblem}
        />
      ) : null}
      <WizardFoot back={() => wizard.go("what")}>
        <Button variant="primary" disabled={!places.ready} onClick={() => wizard.go("how")}>
          Next: how
        </Button>
      </WizardFoot>
    </div>
  );
}
