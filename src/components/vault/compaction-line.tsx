"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { useVaultJob } from "./use-vault-job";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** Whether space may be freed now: why not, or the button. */
export function CompactionLine({
  repository,
  state,
}: {
  repository: { id: string; clientId: string };
  state: VaultState;
}) {
  const trpc = useTRPC();
  const compact = useMutation(
    trpc.vault.compact.mutationOptions(
      useVaultJob({
        done: "The compaction is asked for",
        more: "It deletes what has been in the trash long enough and frees its space.",
        failed: "No compaction was started",
      }),
    ),
  );
  const allowed = state.compactionBlockedBy.length === 0;
  return (
    <VaultLine
      title="Compaction"
      note={
        allowed ? (
          "Everything is audited and clean. What has been in the trash long enough is deleted for good; the seal of before is kept."
        ) : (
          <ul className="grid list-disc gap-0.5 pl-4">
            {state.compactionBlockedBy.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )
      }
      action={
        allowed ? (
          <May action="maintenance" client={repository.clientId}>
            <Button
              size="small"
              busy={compact.isPending}
              onClick={() => compact.mutate({ repositoryId: repository.id })}
            >
              Compact now
            </Button>
          </May>
        ) : null
      }
    >
      {allowed ? "Allowed now" : <span className="text-warn">Not allowed now</span>}
    </VaultLine>
  );
}
