"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { FilterBar } from "~/components/ui/filter-bar";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { CLIENT_STATES } from "./client-filter";
import { ClientsTable } from "./clients-table";

const STATE_FILTER = { key: "state", label: "State", choices: CLIENT_STATES };

/** Every machine, whether it is there, and when it was last backed up. */
export function ClientsPage() {
  const trpc = useTRPC();
  const tags = useQuery(trpc.clients.tags.queryOptions()).data ?? [];
  const tagFilter = {
    key: "tag",
    label: "Tag",
    choices: tags.map(({ tag }) => ({ value: tag, label: tag })),
  };
  return (
    <>
      <PageHeader
        title="Clients"
        state="The machines that are backed up."
        actions={
          <May action="manage-clients">
            <ButtonLink href="/clients/new" variant="primary">
              Add a client
            </ButtonLink>
          </May>
        }
      />
      <FilterBar
        searchLabel="Search by name or host"
        filters={tags.length > 0 ? [STATE_FILTER, tagFilter] : [STATE_FILTER]}
      />
      <ClientsTable />
    </>
  );
}
