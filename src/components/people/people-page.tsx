"use client";

import { FilterBar } from "~/components/ui/filter-bar";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { InvitePerson } from "./invite-person";
import { OpenInvitations } from "./open-invitations";
import { PendingPeople } from "./pending-people";
import { PERSON_STATES } from "./people-filter";
import { PeopleTable } from "./people-table";

const FILTERS = [{ key: "state", label: "State", choices: PERSON_STATES }];

/** Who may use this console and what with; on top whoever waits for an admin's word, and the links that are still out. */
export function PeoplePage() {
  return (
    <>
      <PageHeader
        title="People"
        state="Who may sign in, and what they may do with which clients. Changes hold from a person's next click."
        actions={<InvitePerson />}
      />
      <PendingPeople />
      <OpenInvitations />
      <Section title="Accounts">
        <FilterBar searchLabel="Search by name or e-mail" filters={FILTERS} />
        <PeopleTable />
      </Section>
    </>
  );
}
