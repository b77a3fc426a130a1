"use client";

import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { quotaProblem, readGib, writeGib } from "./gib";

export interface Quotas {
  quotaBytes: number | null;
  softQuotaBytes: number | null;
}

/** Asks for a hard and a soft quota. `save` resolves when they are written; then it closes. */
export function QuotasDialog({
  quotas,
  hardHint,
  softHint,
  save,
}: {
  quotas: Quotas;
  hardHint: string;
  softHint: string;
  save: {
    mutateAsync: (quotas: Quotas) => Promise<unknown>;
    isPending: boolean;
    error: unknown;
    reset(): void;
  };
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [hard, setHard] = useState(() => writeGib(quotas.quotaBytes));
  const [soft, setSoft] = useState(() => writeGib(quotas.softQuotaBytes));
  const problems = { hard: quotaProblem(hard), soft: quotaProblem(soft) };
  const wrong = Boolean(problems.hard ?? problems.soft);
  async function submit() {
    if (wrong) return;
    // What went wrong stands in `save.error`.
    await save
      .mutateAsync({ quotaBytes: readGib(hard), softQuotaBytes: readGib(soft) })
      .then(() => setOpen(false))
      .catch(() => undefined);
  }
  return (
    <Dialog
      trigger={<Button size="small">Change</Button>}
      title="Quotas"
      description="Empty: no quota."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setHard(writeGib(quotas.quotaBytes));
        setSoft(writeGib(quotas.softQuotaBytes));
        save.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave them</Button>
          <Button type="submit" form={id} variant="primary" busy={save.isPending} disabled={wrong}>
            Change them
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label="Hard quota in GiB" hint={hardHint} error={problems.hard}>
          <Input
            inputMode="decimal"
            className="w-32"
            value={hard}
            onChange={(event) => setHard(event.target.value)}
          />
        </Field>
        <Field label="Soft quota in GiB" hint={softHint} error={problems.soft}>
          <Input
            inputMode="decimal"
            className="w-32"
            value={soft}
            onChange={(event) => setSoft(event.target.value)}
          />
        </Field>
        {save.error ? (
          <p role="alert" className="text-fail">
            {problemOf(save.error).say}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
