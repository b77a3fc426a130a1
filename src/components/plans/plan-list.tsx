"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import { PLAN_FILTERS, planListInput } from "./plan-list-input";
import { PlanTable } from "./plan-table";
import { useClientChoices, useRepositoryChoices } from "./use-choices";

/** Every plan with its last run. Filters stand in the address. */
export function PlanList() {
  const trpc = useTRPC();
  const [filters] = useFilters(PLAN_FILTERS);
  const clients = useClientChoices();
  const repositories = useRepositoryChoices(filters.clientId ?? null);
  const list = useInfiniteQuery(
    trpc.plans.list.infiniteQueryOptions(planListInput(filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const plans = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = PLAN_FILTERS.some((key) => filters[key]);
  return (
    <>
      {plans.length > 0 || filtered ? (
        <FilterBar
          searchLabel={null}
          filters={[
            { key: "clientId", label: "Client", choices: clients },
            { key: "repositoryId", label: "Repository", choices: repositories },
          ]}
        />
      ) : null}
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && plans.length === 0 ? (
        <NoPlans filtered={filtered} hasClients={clients.length > 0} />
      ) : null}
      {plans.length > 0 ? (
        <div className="grid gap-2">
          <PlanTable plans={plans} />
          <LoadMore
            shown={plans.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="plans"
          />
        </div>
      ) : null}
    </>
  );
}

function NoPlans({ filtered, hasClients }: { filtered: boolean; hasClients: boolean }) {
  const mayAddClient = useMay("manage-clients");
  const mayPlan = useMay("manage-plans");
  if (filtered) {
    return (
      <EmptyState
        icon={ClipboardList}
        title="No plan fits these filters."
        action={<ButtonLink href="/plans">Show all plans</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={ClipboardList}
      title="There is no plan yet."
      action={
        (hasClients ? mayPlan : mayAddClient) ? (
          <ButtonLink href={hasClients ? "/plans/new" : "/clients/new"} variant="primary">
            {hasClients ? "Make a plan" : "Add a client first"}
          </ButtonLink>
        ) : null
      }
      line="npx bbs plan create --help"
    >
      A plan says which directories of a machine are backed up, what is left out, and which repository they go
      to.
    </EmptyState>
  );
}
