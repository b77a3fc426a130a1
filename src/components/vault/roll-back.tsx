"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { useTRPC } from "~/trpc/react";
import type { IncidentDetail } from "./vault-api";

/** Asks for the repository's name and starts the roll-back. */
export function RollBack({
  incident,
  disabled,
  onStarted,
}: {
  incident: IncidentDetail;
  /** A decision is being carried out already. */
  disabled: boolean;
  onStarted: (jobId: string) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rollBack = useMutation(
    trpc.vault.rollBack.mutationOptions({
      onSuccess: async ({ jobId }) => {
        onStarted(jobId);
        await queryClient.invalidateQueries(trpc.vault.pathFilter());
      },
    }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button variant="primary" disabled={disabled}>
          <Undo2 aria-hidden />
          Roll back
        </Button>
      }
      title="Roll back to the last clean state?"
      name={incident.repositoryName}
      harmless
      lostTitle="What is taken away"
      lost="Everything written since the last clean state, archives too. It is set aside on the storage node for inspection."
      keptTitle="What is there again"
      kept={`Every archive of the last clean state, ${incident.lastCleanArchives} of them, with every file they hold.`}
      action="Roll back"
      cancel="Not now"
      confirm={(typedName) => rollBack.mutateAsync({ incidentId: incident.id, typedName })}
    />
  );
}
