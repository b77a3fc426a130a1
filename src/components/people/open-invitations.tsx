"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Clock, TimerOff } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { InvitationRow } from "./people-api";
import { WhatTheyMayShortly } from "./what-they-may";

/** Links that are still out, and those that died unused. Nothing while there are none. */
export function OpenInvitations() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.people.invitations.queryOptions());
  if (!data || data.length === 0) return null;
  return (
    <Section title="Invitations" note="Nobody has used these links yet. Each works once.">
      <ul className="rounded-md border bg-panel">
        {data.map((invitation) => (
          <Invitation key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Section>
  );
}

function Invitation({ invitation }: { invitation: InvitationRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.people.revokeInvitation.mutationOptions({
      onSuccess: () => {
        toast.done(`The invitation of ${invitation.email} is revoked`, "Its link does nothing any more.");
        return queryClient.invalidateQueries(trpc.people.invitations.pathFilter());
      },
      onError: (error) => toast.failed("The invitation was not revoked", problemOf(error).say),
    }),
  );
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b px-4 py-2.5 last:border-b-0">
      <div className="grid min-w-0 flex-1 basis-56">
        <span className="truncate font-medium">{invitation.email}</span>
        <span className="truncate text-[0.8125rem] text-ink-soft">
          {invitation.name}, by {invitation.invitedBy ?? "somebody who is gone"},{" "}
          <RelativeTime at={invitation.createdAt} />
        </span>
      </div>
      <div className="min-w-0 flex-1 basis-40 text-[0.8125rem]">
        <WhatTheyMayShortly who={invitation} />
      </div>
      <InvitationState invitation={invitation} />
      <Button
        size="small"
        variant={invitation.state === "open" ? "danger" : "secondary"}
        busy={revoke.isPending}
        aria-label={`${invitation.state === "open" ? "Revoke" : "Clear"} the invitation of ${invitation.email}`}
        onClick={() => revoke.mutate({ id: invitation.id })}
      >
        {invitation.state === "open" ? "Revoke" : "Clear"}
      </Button>
    </li>
  );
}

function InvitationState({ invitation }: { invitation: InvitationRow }) {
  switch (invitation.state) {
    case "open":
      return (
        <Badge tone="running">
          <Clock aria-hidden />
          Ends <RelativeTime at={invitation.expiresAt} />
        </Badge>
      );
    case "expired":
      return (
        <Badge tone="warn">
          <TimerOff aria-hidden />
          Too old
        </Badge>
      );
    case "withdrawn":
      return (
        <Badge tone="warn" title="Whoever invited is no admin any more">
          <Ban aria-hidden />
          Does not work
        </Badge>
      );
  }
}
