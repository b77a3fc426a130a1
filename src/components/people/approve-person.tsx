"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { addDraft, bareGrants, grantsOf, isUnfinished } from "./grant-drafts";
import type { Role } from "./people-api";
import { RoleAndGrants } from "./role-and-grants";

/** Lets somebody in who waits, with a role and permissions. */
export function ApprovePerson({ person }: { person: { id: string; name: string; email: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<Role>("user");
  const [drafts, setDrafts] = useState(() => addDraft([]));
  const approve = useConfirmedMutation(
    trpc.people.approve.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        toast.done(`${person.name} is let in`);
        return queryClient.invalidateQueries(trpc.people.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button variant="primary">Let in</Button>}
      title={`Let ${person.name} in`}
      description={person.email}
      className="w-[42rem]"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        approve.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Not now</Button>
          <Button
            variant="primary"
            busy={approve.isPending}
            disabled={role === "user" && drafts.some(isUnfinished)}
            onClick={() => approve.mutate({ userId: person.id, role, grants: bareGrants(grantsOf(drafts)) })}
          >
            Let in
          </Button>
        </>
      }
    >
      <RoleAndGrants role={role} onRole={setRole} drafts={drafts} onDrafts={setDrafts} />
      {approve.error ? (
        <p role="alert" className="text-fail">
          {problemOf(approve.error).say}
        </p>
      ) : null}
    </Dialog>
  );
}
