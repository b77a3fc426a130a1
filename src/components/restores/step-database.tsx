"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { RadioGroup } from "~/components/ui/radio-group";
import { Select } from "~/components/ui/select";
import { MongoNotice } from "../plans/mongo-notice";
import type { Api } from "../system/api";
import { MachineNotice } from "./machine-notice";
import type { DatabaseChoice, DatabaseOption } from "./use-database-choice";
import { homeOf } from "./use-other";
import { WizardFoot } from "./wizard-foot";

/** Step 2 for a database: as a copy or in its own place, and in which of the machine's servers. */
export function StepDatabase({
  chosen,
  choice,
  options,
  back,
  next,
}: {
  chosen: DatabaseOption;
  choice: DatabaseChoice;
  options: Api["restores"]["options"];
  back: () => void;
  next: () => void;
}) {
  const [left, setLeft] = useState(false);
  const { clientName, restoreFolder } = options;
  return (
    <div className="grid gap-4">
      <MachineNotice machine={homeOf(options)} />
      {chosen.engine === "mongodb" ? <MongoNotice /> : null}
      <RadioGroup
        label={`How ${chosen.database} comes back`}
        value={choice.replace ? "same" : "copy"}
        onChange={choice.setAs}
        choices={[
          {
            value: "copy",
            label: "A copy under a new name",
            hint: "Nothing that exists is touched. Right for most: look at it, then take what you need.",
          },
          {
            value: "same",
            label: `The database ${chosen.database} itself`,
            hint: (
              <>
                Replaces what is there. First it is dumped into a new folder below{" "}
                <code className="break-all font-mono">{restoreFolder ?? "the restore folder"}</code>; without
                that dump nothing is replaced.
              </>
            ),
          },
        ]}
      />
      {choice.replace ? null : (
        <Field label="Name of the copy" error={left ? (choice.nameProblem ?? undefined) : undefined}>
          <Input
            value={choice.into}
            onChange={(event) => choice.setName(event.target.value)}
            onBlur={() => setLeft(true)}
            className="max-w-sm font-mono"
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
      )}
      {chosen.entries.length > 1 ? (
        <Field
          label="Database server"
          hint="Those that the machine's own policy lets a dump be brought back into."
        >
          <Select
            className="max-w-sm"
            choices={chosen.entries.map((value) => ({ value, label: value }))}
            value={choice.entry}
            onChange={choice.setServer}
          />
        </Field>
      ) : null}
      <p className="max-w-prose text-[0.8125rem] text-ink-soft">
        On {clientName} only: an agent loads a dump only out of an archive that it made itself, so that no
        server can have it load a forged one. For another machine restore databases.tar as a file and load it
        there by hand.
      </p>
      <WizardFoot back={back}>
        <Button
          variant="primary"
          disabled={restoreFolder === null || choice.nameProblem !== null}
          onClick={next}
        >
          Next: how
        </Button>
      </WizardFoot>
    </div>
  );
}
