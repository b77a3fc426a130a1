"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type DatabaseRestorePlan, tellDatabaseRestore } from "~/domain/database-restore-words";
import { useTRPC } from "~/trpc/react";
import { StartForm } from "./start-form";

/** Step 3 for a database: what will happen, what becomes of what is there, how it is undone; starts the job and opens it. */
export function StepCheckDatabase({
  archiveId,
  dump,
  plan,
  online,
  back,
}: {
  archiveId: string;
  dump: string;
  plan: DatabaseRestorePlan;
  online: boolean;
  back: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(
    trpc.restores.startDatabase.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  const { entry, into, replace } = plan;
  const { what, existing, undo } = tellDatabaseRestore(plan);
  return (
    <StartForm
      replaces={replace ? { words: existing, name: into } : null}
      error={create.error}
      busy={create.isPending || create.isSuccess}
      start={() => create.mutate({ archiveId, dump, entry, into, replace })}
      back={back}
    >
      <p className="wrap-anywhere font-medium">{what}</p>
      {replace ? null : <p className="wrap-anywhere text-ink-soft">{existing}</p>}
      <p className="wrap-anywhere text-ink-soft">{undo}</p>
      {online ? null : (
        <p className="text-warn">{plan.clientName} is offline: it starts when the machine is back.</p>
      )}
    </StartForm>
  );
}
