"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { FormDialog } from "~/components/ui/form-dialog";
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
  const [open, setOpen] = useState(false);
  const [hard, setHard] = useState(() => writeGib(quotas.quotaBytes));
  const [soft, setSoft] = useState(() => writeGib(quotas.softQuotaBytes));
  const problems = { hard: quotaProblem(hard), soft: quotaProblem(soft) };
  const wrong = Boolean(problems.hard ?? problems.soft);
  async function submit() {
    // What went wrong stands in `save.error`.
    await save
      .mutateAsync({ quotaBytes: readGib(hard), softQuotaBytes: readGib(soft) })
      .then(() => setOpen(false))
      .catch(() => undefined);
  }
  return (
    <FormDialog
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
      leave="Leave them"
      send="Change them"
      busy={save.isPending}
      disabled={wrong}
      problem={save.error ? problemOf(save.error).say : null}
      submit={() => void submit()}
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
    </FormDialog>
  );
}
