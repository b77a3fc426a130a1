"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { mayOverwrite, type RestorePlan, tellRestorePlan } from "~/domain/restore-words";
import { useTRPC } from "~/trpc/react";
import { StartForm } from "./start-form";

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
  const create = useMutation(
    trpc.restores.create.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  const { what, existing } = tellRestorePlan(plan);
  const overwrites = mayOverwrite(plan.target);
  return (
    <StartForm
      replaces={overwrites ? { words: existing, name: plan.clientName } : null}
      error={create.error}
      busy={create.isPending || create.isSuccess}
      start={() =>
        create.mutate({
          archiveId,
          paths: plan.selection === null ? [] : [...plan.selection],
          target: plan.target,
        })
      }
      back={back}
    >
      <p className="break-words font-medium">{what}</p>
      {overwrites ? null : <p className="text-ink-soft">{existing}</p>}
      <p className="text-ink-soft">
        Owner, permissions and times come back as they were. The job's page shows it as it goes and reports at
        the end what was written where, and what was left out and why.
      </p>
      {online ? null : (
        <p className="text-warn">{plan.clientName} is offline: it starts when the machine is back.</p>
      )}
    </StartForm>
  );
}
