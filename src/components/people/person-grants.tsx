"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useConfirmedMutation } from "~/components/access/use-confirmed-mutation";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { LeaveGuard } from "../plans/leave-guard";
import { bareGrants, draftsOf, grantsOf, isUnfinished } from "./grant-drafts";
import { GrantsEditor } from "./grants-editor";
import type { PersonDetail } from "./people-api";
import { WhatTheyMay } from "./what-they-may";

/** What this person may do, to be changed and saved as a whole. Admins may do everything: nothing to tick. */
export function PersonGrants({ person }: { person: PersonDetail }) {
  if (person.role === "admin") {
    return (
      <Section title="What they may do" boxed>
        <div className="text-ink-soft">
          <WhatTheyMay who={person} />
        </div>
      </Section>
    );
  }
  return <GrantsForm person={person} />;
}

function GrantsForm({ person }: { person: PersonDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [drafts, setDrafts] = useState(() => draftsOf(person.grants));
  const save = useConfirmedMutation(
    trpc.people.setGrants.mutationOptions({
      onSuccess: () => {
        toast.done(`${person.name} may do this from now on`);
        return queryClient.invalidateQueries(trpc.people.pathFilter());
      },
    }),
  );
  const wanted = bareGrants(grantsOf(drafts));
  const changed = JSON.stringify(wanted) !== JSON.stringify(bareGrants(grantsOf(draftsOf(person.grants))));
  const unfinished = drafts.some(isUnfinished);
  return (
    <Section
      title="What they may do"
      note="Seeing a client is part of every permission. Several grants for one client add up."
    >
      <LeaveGuard active={changed} />
      <GrantsEditor drafts={drafts} onChange={setDrafts} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          busy={save.isPending}
          disabled={!changed || unfinished}
          onClick={() => save.mutate({ userId: person.id, grants: wanted })}
        >
          Save permissions
        </Button>
        {changed || unfinished ? (
          <Button onClick={() => setDrafts(draftsOf(person.grants))}>Undo changes</Button>
        ) : null}
        {save.error ? (
          <p role="alert" className="text-fail">
            {problemOf(save.error).say}
          </p>
        ) : null}
      </div>
    </Section>
  );
}
