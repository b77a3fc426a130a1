"use client";

import { Controller, useFormContext } from "react-hook-form";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { PlanDraft } from "~/domain/plan-input";

/** What is right as it stands for most. Opens by itself when something in it is wrong. */
export function PlanAdvanced() {
  const { control, register, formState } = useFormContext<PlanDraft>();
  const wrong = formState.errors.compression?.message;
  return (
    <div className="grid gap-4">
      <Controller
        control={control}
        name="excludeCaches"
        render={({ field }) => (
          <CheckboxField
            label="Leave out directories marked as caches"
            hint="Those with a CACHEDIR.TAG file in them: what programs say can be made again."
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      <details className="rounded-md border bg-panel" open={wrong ? true : undefined}>
        <summary className="cursor-pointer px-4 py-2.5 font-medium">Advanced</summary>
        <div className="grid gap-4 border-t p-4">
          <Controller
            control={control}
            name="oneFileSystem"
            render={({ field }) => (
              <CheckboxField
                label="Stay on one file system"
                hint="Does not enter what is mounted below the directories, such as network shares and USB disks. A directory of the list that is a mount itself is read."
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
          <Field
            label="Compression in borg's notation"
            error={wrong}
            hint="none, lz4, zstd,1 to zstd,22, zlib,0 to zlib,9, lzma,0 to lzma,9; auto, before it tries first whether it pays."
          >
            <Input
              {...register("compression")}
              defaultValue={formState.defaultValues?.compression}
              className="max-w-48 font-mono"
              spellCheck={false}
              autoComplete="off"
            />
          </Field>
        </div>
      </details>
    </div>
  );
}
