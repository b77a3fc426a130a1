"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { toast } from "~/components/ui/toast";
import { isZone } from "~/domain/zone";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { HourBars } from "./hour-bars";
import { ZoneField } from "./zone-field";

type Change = Api["schedules"]["spread"]["changes"][number];

/** A plan that can be spread. */
export interface SpreadPlan {
  id: string;
  name: string;
  clientName: string;
}

/** Gives many plans times of their own within a window. Shows what would change first; nothing changes before that is confirmed. */
export function SpreadDialog({
  plans,
  zone: here,
  onClose,
}: {
  plans: readonly SpreadPlan[];
  zone: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [from, setFrom] = useState("22:00");
  const [to, setTo] = useState("06:00");
  const [zone, setZone] = useState(here);
  const chosen = plans.filter((plan) => !left.has(plan.id)).map((plan) => plan.id);
  const preview = useMutation(trpc.schedules.spread.mutationOptions());
  const apply = useMutation(
    trpc.schedules.spread.mutationOptions({
      onSuccess: async ({ changes }) => {
        onClose();
        toast.done(changes.length === 1 ? "One plan is moved" : `${changes.length} plans are moved`);
        await Promise.all([
          queryClient.invalidateQueries(trpc.schedules.pathFilter()),
          queryClient.invalidateQueries(trpc.plans.pathFilter()),
        ]);
      },
    }),
  );
  const input = { planIds: chosen, from, to, zone };
  const ready = chosen.length > 0 && from !== "" && to !== "" && isZone(zone);
  // What stands in the preview is what is applied; anything typed since makes a new one necessary.
  const change = (set: () => void) => {
    set();
    preview.reset();
  };
  const changes = preview.data?.changes;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Spread these plans evenly"
      className="w-[40rem]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {changes ? (
            <Button
              variant="primary"
              busy={apply.isPending}
              disabled={changes.length === 0}
              onClick={() => apply.mutate({ ...input, apply: true })}
            >
              {changes.length === 1 ? "Move one plan" : `Move ${changes.length} plans`}
            </Button>
          ) : (
            <Button
              variant="primary"
              busy={preview.isPending}
              disabled={!ready}
              onClick={() => preview.mutate({ ...input, apply: false })}
            >
              Show what would change
            </Button>
          )}
        </>
      }
    >
      <p className="text-ink-soft">
        Each plan gets a time of its own between these two, so that they do not all begin at once. Their days
        stay as they are.
      </p>
      <div className="flex flex-wrap items-start gap-4">
        <Field label="From">
          <Input
            type="time"
            className="w-36"
            value={from}
            onChange={(event) => change(() => setFrom(event.target.value))}
          />
        </Field>
        <Field label="To">
          <Input
            type="time"
            className="w-36"
            value={to}
            onChange={(event) => change(() => setTo(event.target.value))}
          />
        </Field>
        <div className="min-w-48 flex-1">
          <ZoneField value={zone} onChange={(next) => change(() => setZone(next))} />
        </div>
      </div>
      {changes ? (
        <Preview changes={changes} onBack={() => preview.reset()} />
      ) : (
        <Plans plans={plans} left={left} onChange={setLeft} />
      )}
      {preview.error ? <ErrorState title="There is nothing to show" error={preview.error} /> : null}
      {apply.error ? <ErrorState title="The plans were not moved" error={apply.error} /> : null}
    </Dialog>
  );
}

function Plans({
  plans,
  left,
  onChange,
}: {
  plans: readonly SpreadPlan[];
  left: ReadonlySet<string>;
  onChange: (left: ReadonlySet<string>) => void;
}) {
  const chosen = plans.length - left.size;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">
        {chosen} of {plans.length} plans
      </legend>
      <div className="flex gap-2">
        <Button size="small" onClick={() => onChange(new Set())}>
          All
        </Button>
        <Button size="small" onClick={() => onChange(new Set(plans.map((plan) => plan.id)))}>
          None
        </Button>
      </div>
      <div className="grid max-h-56 gap-1.5 overflow-auto rounded-md border p-2">
        {plans.map((plan) => (
          <CheckboxField
            key={plan.id}
            label={`${plan.clientName} · ${plan.name}`}
            checked={!left.has(plan.id)}
            onCheckedChange={(checked) => {
              const next = new Set(left);
              if (checked === true) next.delete(plan.id);
              else next.add(plan.id);
              onChange(next);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Preview({ changes, onBack }: { changes: readonly Change[]; onBack: () => void }) {
  if (changes.length === 0)
    return <p>Nothing would change: they stand evenly already, or have no time of day.</p>;
  return (
    <div className="grid gap-3">
      <div className="grid gap-4 sm:grid-cols-2">
        <div>
          <p className="mb-1 text-ink-soft">Now</p>
          <HourBars
            compact
            label="Starts by hour now"
            loads={loadsOf(changes.flatMap(({ before }) => before))}
          />
        </div>
        <div>
          <p className="mb-1 text-ink-soft">Then</p>
          <HourBars
            compact
            label="Starts by hour then"
            loads={loadsOf(changes.flatMap(({ after }) => after))}
          />
        </div>
      </div>
      <ul className="grid max-h-48 gap-1 overflow-auto rounded-md border p-2" aria-label="What would change">
        {changes.map((change) => (
          <li key={change.planId} className="flex flex-wrap gap-x-2">
            <span className="min-w-0 flex-1 truncate">{change.planName}</span>
            <span className="text-ink-soft">{change.before.join(", ")}</span>
            <span aria-hidden>→</span>
            <span className="sr-only">becomes</span>
            <strong className="font-medium">{change.after.join(", ")}</strong>
          </li>
        ))}
      </ul>
      <div>
        <Button size="small" onClick={onBack}>
          Choose other plans
        </Button>
      </div>
    </div>
  );
}

/** Times of day by their hour. */
function loadsOf(times: readonly string[]): number[] {
  const loads = Array.from({ length: 24 }, () => 0);
  for (const time of times) {
    const hour = Number(time.slice(0, 2));
    loads[hour] = (loads[hour] ?? 0) + 1;
  }
  return loads;
}
