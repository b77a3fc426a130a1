"use client";

import { Controller, useFormContext } from "react-hook-form";
import { RadioGroup } from "~/components/ui/radio-group";
import type { PlanDraft } from "~/domain/plan-input";
import { COMPRESSION_CHOICES, compressionWords } from "~/domain/plan-words";

/** How hard to compress, in plain words. Another of borg's is typed under Advanced and shown here as such. */
export function PlanCompression() {
  const { control } = useFormContext<PlanDraft>();
  return (
    <Controller
      control={control}
      name="compression"
      render={({ field }) => {
        const known = COMPRESSION_CHOICES.some((choice) => choice.value === field.value);
        return (
          <div className="grid gap-2">
            <p className="font-medium">Compression</p>
            <RadioGroup
              label="Compression"
              value={field.value}
              onChange={field.onChange}
              choices={[
                ...COMPRESSION_CHOICES,
                ...(known
                  ? []
                  : [
                      {
                        value: field.value,
                        label: "As typed under Advanced",
                        hint: compressionWords(field.value),
                      },
                    ]),
              ]}
            />
          </div>
        );
      }}
    />
  );
}
