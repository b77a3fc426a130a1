"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ActionLine } from "~/components/ui/action-line";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { DisablePerson } from "./disable-person";
import type { PersonDetail } from "./people-api";

/** Shut out for a while, or delete for good. Neither is for oneself: somebody must be left to undo it. */
export function PersonDangerZone({ person, isMe }: { person: PersonDetail; isMe: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(trpc.people.remove.mutationOptions());
  const enable = useMutation(
    trpc.people.enable.mutationOptions({
      onSuccess: () => {
        toast.done(`${person.name} may sign in again`);
        return queryClient.invalidateQueries(trpc.people.pathFilter());
      },
      onError: (error) => toast.failed("Not enabled", problemOf(error).say),
    }),
  );
  async function confirm(typedEmail: string) {
    await remove.mutateAsync({ userId: person.id, typedEmail });
    toast.done(`${person.name} is deleted`, "The journal keeps what they did.");
    router.push("/people");
    await queryClient.invalidateQueries(trpc.people.list.pathFilter());
  }
  if (isMe) {
    return (
      <Section title="Disable or delete">
        <p className="rounded-md border bg-panel p-4 text-ink-soft">
          Nobody can shut themselves out. Another admin can disable or delete your account.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Disable or delete">
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        {person.state === "disabled" ? (
          <ActionLine
            title="Enable this account"
            say="They sign in as before, with the permissions of before. Revoked API tokens stay revoked."
          >
            <Button busy={enable.isPending} onClick={() => enable.mutate({ userId: person.id })}>
              Enable
            </Button>
          </ActionLine>
        ) : (
          <ActionLine
            title="Disable this account"
            say="They are out with the next click, on every device. Their API tokens are revoked. It can be undone."
          >
            <DisablePerson person={person} />
          </ActionLine>
        )}
        <ActionLine title="Delete this account" say="For good. The journal keeps what they did, by name.">
          <ConfirmByName
            trigger={<Button variant="danger">Delete</Button>}
            title={`Delete ${person.name}`}
            name={person.email}
            lost="The account, its permissions, sign-ins, API tokens, second factor and passkeys. Scripts that use their tokens stop working."
            kept="Clients, plans, repositories and archives, and everything the journal says about this person."
            action="Delete the account"
            confirm={confirm}
          />
        </ActionLine>
      </div>
    </Section>
  );
}
