"use client";

import { useQuery } from "@tanstack/react-query";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { ApprovePerson } from "./approve-person";
import { WHO_WAITS } from "./people-filter";

/** People whom a provider vouches for and nobody has let in yet. Nothing while nobody waits. */
export function PendingPeople() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.people.list.queryOptions(WHO_WAITS));
  if (!data || data.items.length === 0) return null;
  return (
    <Section
      title="Wait to be let in"
      note="They signed in through OpenID Connect and see nothing until an admin decides."
    >
      <ul className="rounded-md border bg-panel">
        {data.items.map((person) => (
          <li
            key={person.id}
            className="flex flex-wrap items-center justify-between gap-3 border-b px-4 py-2.5 last:border-b-0"
          >
            <div className="grid min-w-0">
              <TextLink row href={`/people/${person.id}`} className="truncate">
                {person.name}
              </TextLink>
              <span className="truncate text-[0.8125rem] text-ink-soft">{person.email}</span>
            </div>
            <ApprovePerson person={person} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
