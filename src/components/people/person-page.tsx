"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { ApprovePerson } from "./approve-person";
import { EditPerson } from "./edit-person";
import { PersonStateBadge } from "./person-badges";
import { PersonDangerZone } from "./person-danger-zone";
import { PersonFacts } from "./person-facts";
import { PersonGrants } from "./person-grants";
import { PersonSessions } from "./person-sessions";

/** One person: who they are, what they may do, where they are signed in, and how to shut them out. */
export function PersonPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: person } = useSuspenseQuery(trpc.people.get.queryOptions({ userId: id }));
  const { data: me } = useSuspenseQuery(trpc.me.get.queryOptions());
  const isMe = me.id === person.id;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "People", href: "/people" }]}
        title={person.name}
        badge={<PersonStateBadge state={person.state} />}
        state={isMe ? `${person.email}. This is you.` : person.email}
        actions={
          <>
            <EditPerson key={person.role + person.name + person.email} person={person} isMe={isMe} />
            <ButtonLink href={`/journal?person=${person.id}`} variant="quiet">
              <ScrollText aria-hidden /> Journal
            </ButtonLink>
          </>
        }
      />
      {person.state === "pending" ? (
        <Notice
          tone="warn"
          title={`${person.name} waits to be let in`}
          action={<ApprovePerson person={person} />}
        >
          Until then nothing is shown to them. To turn them away, delete the account.
        </Notice>
      ) : null}
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
        {person.state === "pending" ? null : (
          <div className="grid min-w-0 gap-6">
            <PersonGrants key={person.id} person={person} />
          </div>
        )}
        <div className="grid min-w-0 gap-6">
          <PersonFacts person={person} isMe={isMe} />
          <PersonSessions person={person} />
        </div>
      </div>
      <PersonDangerZone person={person} isMe={isMe} />
    </>
  );
}
