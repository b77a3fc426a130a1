"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "~/components/system/use-may";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { Field } from "~/components/ui/field";
import { Textarea } from "~/components/ui/textarea";
import { useTRPC } from "~/trpc/react";
import type { IncidentDetail } from "./vault-api";

/** Characters of a reason: enough to say who did what, for whoever reads the journal in a year. */
const SHORTEST_REASON = 10;

/** Takes the state as it is for clean. Admins only, with the name typed and a reason for the journal. */
export function AcceptState({
  incident,
  disabled,
  lost = "Archives that are missing now, and the way back to the last clean state.",
  onStarted,
}: {
  incident: IncidentDetail;
  /** A decision is being carried out already. */
  disabled: boolean;
  lost?: string;
  onStarted: (jobId: string) => void;
}) {
  const trpc = useTRPC();
  const may = useMay("manage-clients", incident.clientId);
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const accept = useMutation(
    trpc.vault.accept.mutationOptions({
      onSuccess: async ({ jobId }) => {
        onStarted(jobId);
        await queryClient.invalidateQueries(trpc.vault.pathFilter());
      },
    }),
  );
  if (!may) return <p className="text-ink-soft">Only an admin may accept.</p>;
  return (
    <ConfirmByName
      trigger={
        <Button variant="danger" disabled={disabled}>
          Accept the state as it is
        </Button>
      }
      title="Accept the state as it is?"
      name={incident.repositoryName}
      lost={lost}
      kept="The archives that the repository lists now."
      action="Accept it"
      cancel="Not now"
      ready={reason.trim().length >= SHORTEST_REASON}
      confirm={(typedName) =>
        accept.mutateAsync({ incidentId: incident.id, typedName, reason: reason.trim() })
      }
    >
      <Field
        label="Reason"
        hint={`Who did what, and why that is right. At least ${SHORTEST_REASON} characters; it stays in the journal.`}
      >
        <Textarea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={1000}
          rows={3}
        />
      </Field>
    </ConfirmByName>
  );
}
