"use client";

import { useFormContext } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { PlanDraft } from "~/domain/plan-input";
import { LeaveOutCaches, OneFileSystem } from "./plan-reading";

/** What is right as it stands for most. Opens by itself when something in it is wrong. */
export function PlanAdvanced() {
  const { register, formState } = useFormContext<PlanDraft>();
  const wrong = formState.errors.compression?.message;
  return (
    <div className="grid gap-4">
      <LeaveOutCaches />
      <details className="rounded-md border bg-panel" open={wrong ? true : undefined}>
        <summary className="cursor-pointer px-4 py-2.5 font-medium">Advanced</summary>
        <div className="grid gap-4 border-t p-4">
          <OneFileSystem />
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
