"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { mayOverwrite, type RestorePlan, tellRestorePlan } from "~/domain/restore-words";
import { useTRPC } from "~/trpc/react";

/** Step 3: what will happen, in plain sentences; starts the job and opens it. */
export function StepCheck({
  archiveId,
  plan,
  online,
  back,
}: {
  archiveId: string;
  plan: RestorePlan;
  online: boolean;
  back: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const id = useId();
  const [typed, setTyped] = useState("");
  const create = useMutation(
    trpc.restores.create.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  const { what, existing } = tellRestorePlan(plan);
  const overwrites = mayOverwrite(plan.target);
  const start = () =>
    create.mutate({
      archiveId,
      paths: plan.selection === null ? [] : [...plan.selection],
      target: plan.target,
    });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!overwrites || typed === plan.clientName) start();
      }}
    >
      <div className="grid max-w-prose gap-2 rounded-md border bg-panel p-4">
        <p className="break-words font-medium">{what}</p>
        {overwrites ? null : <p className="text-ink-soft">{existing}</p>}
        <p className="text-ink-soft">
          Owner, permissions and times come back as they were. The job's page shows it as it goes and reports
          at the end what was written where, and what was left out and why.
        </p>
        {online ? null : (
          <p className="text-warn">{plan.clientName} is offline: it starts when the machine is back.</p>
        )}
      </div>
      {overwrites ? (
        <Notice tone="warn" title="What is there now is replaced">
          <div className="grid gap-3">
            <p>{existing}</p>
            <div className="grid gap-1.5 text-ink">
              <label htmlFor={id}>
                Type <strong className="font-mono">{plan.clientName}</strong> to go on
              </label>
              <Input
                id={id}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
                className="max-w-xs"
              />
            </div>
          </div>
        </Notice>
      ) : null}
      {create.isError ? <ErrorState title="The restore was not started" error={create.error} /> : null}
      <div className="flex justify-between gap-2 border-t pt-4">
        <Button onClick={back}>Back</Button>
        <Button
          type="submit"
          variant={overwrites ? "destroy" : "primary"}
          disabled={overwrites && typed !== plan.clientName}
          busy={create.isPending || create.isSuccess}
        >
          {overwrites ? "Restore and replace" : "Start the restore"}
        </Button>
      </div>
    </form>
  );
}
