"use client";

import { useMutation } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import { toast } from "~/components/ui/toast";
import type { AlertSeverity } from "~/domain/alert";
import { useTRPC } from "~/trpc/react";
import { subscribe, unsubscribe } from "./push-browser";
import { SEVERITY_CHOICES } from "./severity-choices";

/** Turns notifications on in the very browser that shows this page. */
export function TurnOnPush({ onChanged }: { onChanged: () => Promise<void> }) {
  const trpc = useTRPC();
  const [minSeverity, setMinSeverity] = useState<AlertSeverity>("serious");
  const prepare = useMutation(trpc.pushAlerts.prepare.mutationOptions());
  const turnOn = useConfirmedMutation(trpc.pushAlerts.turnOn.mutationOptions());
  const all = useMutation({
    mutationFn: async () => {
      const { publicKey } = await prepare.mutateAsync();
      const subscription = await subscribe(publicKey);
      try {
        await turnOn.mutateAsync({ ...subscription, minSeverity });
      } catch (problem) {
        await unsubscribe();
        throw problem;
      }
    },
    onSuccess: () => toast.done("This browser is told from now on", "Send a test to see that it works."),
    onSettled: onChanged,
  });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Tell of" className="min-w-56">
          <Select choices={SEVERITY_CHOICES} value={minSeverity} onChange={setMinSeverity} />
        </Field>
        <Button variant="primary" busy={all.isPending} onClick={() => all.mutate()}>
          <BellRing aria-hidden />
          Turn on in this browser
        </Button>
      </div>
      {all.error ? (
        <p role="alert" className="break-words text-fail">
          {turnOn.error || prepare.error ? problemOf(all.error).say : all.error.message}
        </p>
      ) : null}
    </div>
  );
}
