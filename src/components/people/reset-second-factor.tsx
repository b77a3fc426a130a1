"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** For somebody who lost their phone: takes the second factor away and signs them out everywhere. */
export function ResetSecondFactor({ person }: { person: { id: string; name: string; email: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const reset = useConfirmedMutation(trpc.people.resetSecondFactor.mutationOptions());
  async function confirm() {
    await reset.mutateAsync({ userId: person.id });
    toast.done(`The second factor of ${person.name} is reset`, "All their sign-ins are ended.");
    await queryClient.invalidateQueries(trpc.people.pathFilter());
  }
  return (
    <ConfirmByName
      trigger={
        <Button size="small" variant="danger">
          Reset
        </Button>
      }
      title={`Reset the second factor of ${person.name}`}
      name={person.email}
      lost="Authenticator app, passkeys and recovery codes, and every sign-in. Until a new one is set up, the password alone is enough: be sure that it is really them who ask."
      kept="The account with its password, permissions and tokens."
      action="Reset it"
      cancel="Leave it"
      confirm={confirm}
    />
  );
}
