"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** When what nobody acknowledges is told once more. */
export function EscalateForm() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useSuspenseQuery(trpc.alertChannels.settings.queryOptions());
  const [typed, setTyped] = useState<number | null>(null);
  const hours = typed ?? data.escalateHours;
  const save = useMutation(
    trpc.alertChannels.saveSettings.mutationOptions({
      onSuccess: () => {
        setTyped(null);
        toast.done("The setting is saved");
        return queryClient.invalidateQueries(trpc.alertChannels.settings.pathFilter());
      },
    }),
  );
  return (
    <Section title="When nobody looks" boxed>
      <form
        className="grid max-w-xl gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ escalateHours: hours });
        }}
      >
        <Field
          label="Hours until it is told once more"
          hint="Serious and critical alerts that nobody has acknowledged go to every channel then, once. Zero: never."
          error={save.error ? problemOf(save.error).say : undefined}
        >
          <Input
            type="number"
            min={0}
            max={168}
            className="w-28"
            value={Number.isNaN(hours) ? "" : hours}
            onChange={(event) => setTyped(event.target.valueAsNumber)}
          />
        </Field>
        <Button
          type="submit"
          className="justify-self-start"
          busy={save.isPending}
          disabled={hours === data.escalateHours || Number.isNaN(hours)}
        >
          Save
        </Button>
      </form>
    </Section>
  );
}
