"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { PersonDetail } from "./people-api";

/** Asks once, then shuts the person out at once. */
export function DisablePerson({ person }: { person: PersonDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const disable = useMutation(
    trpc.people.disable.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        toast.done(`${person.name} is shut out`);
        return queryClient.invalidateQueries(trpc.people.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button variant="danger">Disable</Button>}
      title={`Disable ${person.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        disable.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            variant="destroy"
            busy={disable.isPending}
            onClick={() => disable.mutate({ userId: person.id })}
          >
            Disable the account
          </Button>
        </>
      }
    >
      <p>
        Every sign-in ends,{" "}
        {person.tokenCount === 0 ? "and" : `${person.tokenCount} API tokens are revoked for good, and`}{" "}
        invitations they made stop working. Backups go on.
      </p>
      {disable.error ? (
        <p role="alert" className="text-fail">
          {problemOf(disable.error).say}
        </p>
      ) : null}
    </Dialog>
  );
}
