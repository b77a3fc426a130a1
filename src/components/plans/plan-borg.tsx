"use client";

import { Controller, useFormContext } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { sayFilesCache } from "~/domain/option-words";
import type { PlanDraft } from "~/domain/plan-input";
import type { PlanOptions } from "~/domain/plan-options";
import { lineErrors } from "./line-errors";
import { PlanCheckbox } from "./plan-checkbox";
import { PlanNumber } from "./plan-number";
import { TextList } from "./text-list";

const FILES_CACHES: readonly PlanOptions["filesCache"][] = [
  "ctime,size,inode",
  "mtime,size,inode",
  "ctime,size",
  "mtime,size",
  "disabled",
];

type Flag = "numericIds" | "noAcls" | "noXattrs" | "noFlags" | "sparse" | "keepExcludeTags";
const FLAGS: readonly { name: Flag; label: string; hint: string }[] = [
  {
    name: "sparse",
    label: "Keep the holes of sparse files apart",
    hint: "For images of virtual machines: holes are found and stored as such.",
  },
  {
    name: "numericIds",
    label: "Owners by number only",
    hint: "Names of owners and groups are not looked up; right for containers and foreign disks.",
  },
  { name: "noAcls", label: "Without access control lists", hint: "They are then missing after a restore." },
  { name: "noXattrs", label: "Without extended attributes", hint: "They are then missing after a restore." },
  { name: "noFlags", label: "Without file flags", hint: "Such as immutable and nodump." },
];

/** The rest of what borg may be asked, from a closed list. */
export function PlanBorg() {
  const { control, formState } = useFormContext<PlanDraft>();
  return (
    <div className="grid gap-4">
      <Controller
        control={control}
        name="options.filesCache"
        render={({ field }) => (
          <Field
            label="How borg finds what has changed"
            hint="By modification time where a network file system gives no steady change time; reading every file is slow."
          >
            <Select
              className="max-w-md"
              choices={FILES_CACHES.map((mode) => ({ value: mode, label: sayFilesCache(mode) }))}
              value={field.value}
              onChange={field.onChange}
            />
          </Field>
        )}
      />
      <PlanNumber
        name="options.checkpointMinutes"
        label="Checkpoint"
        unit="minutes"
        none="30, as borg does"
        hint="After a break borg goes on from the last one."
        least={1}
        most={1440}
      />
      <PlanNumber
        name="options.limitMinutes"
        label="Time limit"
        unit="minutes"
        none="1440, a day"
        hint="A backup that takes longer is stopped; what was sent makes the next one faster."
        least={1}
        most={20_160}
      />
      {FLAGS.map(({ name, label, hint }) => (
        <PlanCheckbox key={name} name={`options.${name}`} label={label} hint={hint} />
      ))}
      <Controller
        control={control}
        name="options.excludeIfPresent"
        render={({ field }) => (
          <fieldset className="grid min-w-0 gap-2">
            <legend className="mb-1 font-medium">Leave out directories that hold a file named</legend>
            <TextList
              label="File names"
              noun="name"
              placeholder=".nobackup"
              values={field.value}
              errors={lineErrors(formState.errors.options?.excludeIfPresent)}
              onChange={(values) => field.onChange(values.length === 1 && values[0] === "" ? [] : values)}
              onBlur={field.onBlur}
            />
          </fieldset>
        )}
      />
      <PlanCheckbox
        name="options.keepExcludeTags"
        label="Keep that file itself"
        hint="The directory then stands in the archive with its mark and nothing else."
      />
    </div>
  );
}
