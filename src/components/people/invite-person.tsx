"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { addDraft, bareGrants, grantsOf, isUnfinished } from "./grant-drafts";
import { InvitationLink } from "./invitation-link";
import { NameAndEmail } from "./name-and-email";
import type { Role } from "./people-api";
import { RoleAndGrants } from "./role-and-grants";

/** Asks whom to invite and what they may do, then shows the link: once, here. */
export function InvitePerson() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [who, setWho] = useState({ name: "", email: "" });
  const [role, setRole] = useState<Role>("user");
  const [drafts, setDrafts] = useState(() => addDraft([]));
  const [made, setMade] = useState<(Api["people"]["invite"] & { email: string }) | null>(null);
  const invite = useConfirmedMutation(
    trpc.people.invite.mutationOptions({
      onSuccess: (answer, { email }) => {
        setMade({ ...answer, email });
        return queryClient.invalidateQueries(trpc.people.invitations.pathFilter());
      },
    }),
  );
  function change(next: boolean) {
    setOpen(next);
    if (next) return;
    // The next invitation begins anew; the link of this one is gone from here on.
    setMade(null);
    setWho({ name: "", email: "" });
    setRole("user");
    setDrafts(addDraft([]));
    invite.reset();
  }
  const complete = who.name.trim() !== "" && who.email.includes("@");
  return (
    <Dialog
      trigger={<Button variant="primary">Invite somebody</Button>}
      title={made ? `Invitation for ${made.email}` : "Invite somebody"}
      className="w-[42rem]"
      open={open}
      onOpenChange={change}
      footer={
        made ? (
          <Button variant="primary" onClick={() => change(false)}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => change(false)}>Not now</Button>
            <Button
              type="submit"
              form={id}
              variant="primary"
              busy={invite.isPending}
              disabled={!complete || (role === "user" && drafts.some(isUnfinished))}
            >
              Make the link
            </Button>
          </>
        )
      }
    >
      {made ? (
        <InvitationLink made={made} />
      ) : (
        <form
          id={id}
          className="grid gap-4"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (complete)
              invite.mutate({
                name: who.name.trim(),
                email: who.email.trim(),
                role,
                grants: bareGrants(grantsOf(drafts)),
              });
          }}
        >
          <NameAndEmail value={who} onChange={setWho} />
          <RoleAndGrants role={role} onRole={setRole} drafts={drafts} onDrafts={setDrafts} />
          {invite.error ? (
            <p role="alert" className="text-fail">
              {problemOf(invite.error).say}
            </p>
          ) : null}
        </form>
      )}
    </Dialog>
  );
}
