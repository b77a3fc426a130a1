"use client";

import { Controller, useFormContext, useWatch } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { RadioGroup } from "~/components/ui/radio-group";
import { KEEP_FIELDS, KEEP_PRESETS, presetOf } from "~/domain/keep-presets";
import type { PlanDraft } from "~/domain/plan-input";
import type { KeepRules } from "~/domain/retention";
import type { Schedule } from "~/domain/schedule";
import { KeepPreview } from "./keep-preview";

const OWN = "own";

/** What "My own" begins with: the preset for most. */
const FIRST_OWN = KEEP_PRESETS.find((preset) => preset.key === "balanced")?.rules ?? null;

/** How long this plan's archives are kept, and what that means for those that are there. */
export function PlanKeep({
  planId,
  saved = null,
}: {
  /** Null: there is no plan yet, or the rules are of none. */
  planId: string | null;
  saved?: KeepRules | null;
}) {
  const { control, getValues } = useFormContext<PlanDraft>();
  // Watched so that the year follows the times; as a whole, since a watched union comes with its parts missing.
  useWatch({ control, name: "schedule" });
  return (
    <Controller
      control={control}
      name="keep"
      render={({ field }) => (
        <KeepChoice
          planId={planId}
          value={field.value}
          saved={saved}
          schedule={getValues("schedule")}
          onChange={field.onChange}
        />
      )}
    />
  );
}

function KeepChoice({
  planId,
  value,
  saved,
  schedule,
  onChange,
}: {
  planId: string | null;
  value: KeepRules | null;
  saved: KeepRules | null;
  schedule: Schedule | null;
  onChange: (rules: KeepRules | null) => void;
}) {
  const chosen = presetOf(value) ?? OWN;
  const empty =
    value !== null && KEEP_FIELDS.every(({ key }) => key === "neverFewerThan" || value[key] === 0);
  return (
    <div className="grid gap-4">
      <RadioGroup
        label="How long archives are kept"
        value={chosen}
        choices={[
          ...KEEP_PRESETS.map(({ key, label, hint }) => ({ value: key, label, hint })),
          {
            value: OWN,
            label: "My own",
            hint: "Numbers of your own; an archive stays if any rule keeps it.",
          },
        ]}
        onChange={(key) => {
          const preset = KEEP_PRESETS.find((one) => one.key === key);
          if (preset) onChange(preset.rules);
          // Own numbers start from a preset, one off, so that the choice is seen to be one's own.
          else if (FIRST_OWN) onChange({ ...FIRST_OWN, ...value, last: (value ?? FIRST_OWN).last + 1 });
        }}
      />
      {value && chosen === OWN ? (
        <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
          {KEEP_FIELDS.map(({ key, label }) => (
            <Field key={key} label={label}>
              <Input
                inputMode="numeric"
                autoComplete="off"
                className="w-24"
                value={String(value[key])}
                onChange={(event) => onChange({ ...value, [key]: numberOf(event.target.value) })}
              />
            </Field>
          ))}
        </div>
      ) : null}
      {empty ? (
        <p role="alert" className="text-fail">
          Say how much to keep, or keep everything.
        </p>
      ) : null}
      <p className="max-w-prose text-[0.8125rem] text-ink-soft">
        What no rule keeps goes into the trash first and can be brought back there. Only sealed archives
        count, by the time when we saw them. The vault's own rules stand above: it always keeps the newest
        few, one a week for some time, and whatever is protected.
      </p>
      {empty ? null : <KeepPreview planId={planId} keep={value} saved={saved} schedule={schedule} />}
    </div>
  );
}

/** What was typed as a whole number that the rules take; anything else is 0. */
function numberOf(text: string): number {
  const digits = text.replace(/\D/g, "").slice(0, 5);
  return Math.min(10_000, Number(digits || 0));
}
