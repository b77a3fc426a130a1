"use client";

import { Controller, useFormContext } from "react-hook-form";
import { CheckboxField } from "~/components/ui/checkbox-field";
import type { PlanDraft } from "~/domain/plan-input";

/** Whether what programs call their caches is left out. */
export function LeaveOutCaches() {
  const { control } = useFormContext<PlanDraft>();
  return (
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
  );
}

/** Whether what is mounted below a directory is left out. */
export function OneFileSystem() {
  const { control } = useFormContext<PlanDraft>();
  return (
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
  );
}
