"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { quotaProblem, readGib, writeGib } from "./gib";

interface Repository {
  id: string;
  quotaBytes: number | null;
  softQuotaBytes: number | null;
}

/** Both quotas of a repository: the hard one, which refuses, and the soft one, which only says so. */
export function EditQuotas({ repository }: { repository: Repository }) {
  const id = useId();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [hard, setHard] = useState(() => writeGib(repository.quotaBytes));
  const [soft, setSoft] = useState(() => writeGib(repository.softQuotaBytes));
  const save = useMutation(
    trpc.repositories.setQuotas.mutationOptions({
      onSuccess: async ({ jobId }) => {
        setOpen(false);
        toast.done(
          "The quotas are changed",
          jobId ? "The storage node takes over the hard one as soon as nobody writes." : undefined,
        );
        await queryClient.invalidateQueries(trpc.repositories.pathFilter());
      },
    }),
  );
  const problems = { hard: quotaProblem(hard), soft: quotaProblem(soft) };
  const wrong = Boolean(problems.hard ?? problems.soft);
  return (
    <Dialog
      trigger={<Button size="small">Change</Button>}
      title="Quotas"
      description="Empty: no quota."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setHard(writeGib(repository.quotaBytes));
        setSoft(writeGib(repository.softQuotaBytes));
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
          if (wrong) return;
          save.mutate({ id: repository.id, quotaBytes: readGib(hard), softQuotaBytes: readGib(soft) });
        }}
      >
        <Field
          label="Hard quota in GiB"
          hint="Beyond it borg and the gate refuse to write: the next backup fails."
          error={problems.hard}
        >
          <Input
            inputMode="decimal"
            className="w-32"
            value={hard}
            onChange={(event) => setHard(event.target.value)}
          />
        </Field>
        <Field
          label="Soft quota in GiB"
          hint="Beyond it an alert is raised; nothing is refused."
          error={problems.soft}
        >
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
