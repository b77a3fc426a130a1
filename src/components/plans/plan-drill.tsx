"use client";

import { useController, useFormContext, useWatch } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { sayDrillEvery } from "~/domain/option-words";
import type { PlanDraft } from "~/domain/plan-input";
import type { PlanDrill as Drill } from "~/domain/plan-options";
import { DrillMachine } from "../reports/drill-machine";
import { NumberField } from "../schedules/number-field";
import { lineErrors } from "./line-errors";
import { TextList } from "./text-list";

const EVERY = [1, 7, 30, 90];
const SCOPES: { value: Drill["scope"]; label: string }[] = [
  { value: "random", label: "Files drawn by seed, and the canaries" },
  { value: "canaries", label: "The canaries alone" },
  { value: "everything", label: "Everything: the whole archive is read" },
];
const FIRST: Drill = { everyDays: 30, scope: "random", files: 10, canaries: [] };

/** How often files are read back out of the newest archive, and which. Compared with what the machine hashed of its live files. */
export function PlanDrill() {
  const { formState } = useFormContext<PlanDraft>();
  const { field } = useController<PlanDraft, "options.drill">({ name: "options.drill" });
  const clientId = useWatch<PlanDraft, "clientId">({ name: "clientId" });
  const drill = field.value;
  const put = (part: Partial<Drill>) => field.onChange({ ...(drill ?? FIRST), ...part });
  const errors = formState.errors.options?.drill;
  const days = drill === null || EVERY.includes(drill.everyDays) ? EVERY : [...EVERY, drill.everyDays];
  return (
    <div className="grid gap-4">
      <p className="max-w-prose text-[0.8125rem] text-ink-soft">
        Beside each backup the machine hashes some of its live files. A drill brings files back out of the
        newest archive on the storage node or on another machine, compares them with those hashes and issues a
        signed certificate. Nothing is left on a disk.
      </p>
      <Field label="How often">
        <Select
          className="max-w-sm"
          choices={[
            { value: "never", label: "Only when somebody asks" },
            ...days.map((value) => ({ value: String(value), label: capital(sayDrillEvery(value)) })),
          ]}
          value={drill === null ? "never" : String(drill.everyDays)}
          onChange={(value) => (value === "never" ? field.onChange(null) : put({ everyDays: Number(value) }))}
        />
      </Field>
      {drill === null ? null : (
        <>
          <Field
            label="What is read back"
            hint={
              drill.scope === "everything"
                ? "Takes as long as a restore of everything, and measures how long that is."
                : "Takes seconds to a minute, also where the archive is large."
            }
          >
            <Select
              className="max-w-sm"
              choices={SCOPES}
              value={drill.scope}
              onChange={(scope) => put({ scope })}
            />
          </Field>
          {drill.scope === "random" ? (
            <NumberField
              label="Files drawn by seed"
              unit="files"
              least={1}
              most={100}
              value={drill.files}
              onChange={(files) => put({ files })}
            />
          ) : null}
          <DrillMachine
            client={clientId}
            value={drill.onto}
            everything={drill.scope === "everything"}
            onChange={(onto) => put({ onto })}
          />
          <fieldset className="grid min-w-0 gap-2">
            <legend className="mb-1 font-medium">
              Canaries {drill.scope === "canaries" ? null : OPTIONAL}
            </legend>
            <p className="text-[0.8125rem] text-ink-soft">
              Whole paths of files that hardly ever change. Every drill reads them back; one that has vanished
              from the machine makes it fail.
            </p>
            <TextList
              label="Canaries"
              noun="file"
              placeholder="/srv/www/canary.txt"
              values={drill.canaries}
              errors={lineErrors(errors?.canaries)}
              onChange={(canaries) =>
                put({ canaries: canaries.length === 1 && canaries[0] === "" ? [] : canaries })
              }
              onBlur={field.onBlur}
            />
            {errors?.canaries?.message ? (
              <p role="alert" className="text-[0.8125rem] text-fail">
                {errors.canaries.message}
              </p>
            ) : null}
          </fieldset>
        </>
      )}
    </div>
  );
}

const OPTIONAL = <span className="font-normal text-ink-soft">(optional)</span>;

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
