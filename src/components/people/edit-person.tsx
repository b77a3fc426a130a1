"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { RadioGroup } from "~/components/ui/radio-group";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { NameAndEmail } from "./name-and-email";
import type { PersonDetail } from "./people-api";
import { ROLE_CHOICES } from "./role-and-grants";

/** Changes name, address and role; one's own role is another admin's to change. */
export function EditPerson({ person, isMe }: { person: PersonDetail; isMe: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [who, setWho] = useState({ name: person.name, email: person.email });
  const [role, setRole] = useState(person.role);
  const update = useConfirmedMutation(
    trpc.people.update.mutationOptions({
      onSuccess: (_, { name }) => {
        setOpen(false);
        toast.done(`${name} is changed`, "It holds from the next click on.");
        return queryClient.invalidateQueries(trpc.people.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button>Edit</Button>}
      title={`Edit ${person.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setWho({ name: person.name, email: person.email });
        setRole(person.role);
        update.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            type="submit"
            form={id}
            variant="primary"
            busy={update.isPending}
            disabled={who.name.trim() === "" || who.email.trim() === ""}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ userId: person.id, name: who.name.trim(), email: who.email.trim(), role });
        }}
      >
        <NameAndEmail value={who} onChange={setWho} />
        {isMe || person.state === "pending" ? null : (
          <RadioGroup label="Role" choices={ROLE_CHOICES} value={role} onChange={setRole} />
        )}
        {isMe ? <p className="text-ink-soft">Only another admin can change your role.</p> : null}
        {update.error ? (
          <p role="alert" className="text-fail">
            {problemOf(update.error).say}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
