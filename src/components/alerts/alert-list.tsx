"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { BellRing, CircleCheck } from "lucide-react";
import { useState } from "react";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { useClientChoices } from "../plans/use-choices";
import { useMay } from "../system/use-may";
import { AcknowledgeTray } from "./acknowledge";
import { ALERT_FILTERS, alertListInput, KIND_CHOICES, SEVERITY_CHOICES } from "./alert-list-input";
import { AlertTable } from "./alert-table";
import { isNew } from "./is-new";
import { WhichAlerts } from "./which-alerts";

/** Alerts, the newest first; filters stand in the address. */
export function AlertList() {
  const trpc = useTRPC();
  const [filters] = useFilters(ALERT_FILTERS);
  const clients = useClientChoices();
  const mayAcknowledge = useMay("backup");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const list = useInfiniteQuery(
    trpc.alerts.list.infiniteQueryOptions(alertListInput(filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const alerts = list.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = alerts.filter((alert) => selected.has(alert.id) && isNew(alert));
  return (
    <>
      <WhichAlerts />
      <FilterBar
        searchLabel="Search alerts"
        filters={[
          { key: "severity", label: "Severity", choices: SEVERITY_CHOICES },
          { key: "kind", label: "Kind", choices: KIND_CHOICES },
          { key: "clientId", label: "Client", choices: clients },
        ]}
      />
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && alerts.length === 0 ? <NoAlerts filtered={isFiltered(filters)} /> : null}
      {alerts.length > 0 ? (
        <>
          <AlertTable
            alerts={alerts}
            selection={
              mayAcknowledge
                ? {
                    has: (id) => selected.has(id),
                    set: (ids, on) => setSelected((before) => changed(before, ids, on)),
                  }
                : null
            }
          />
          <AcknowledgeTray alerts={chosen} clear={() => setSelected(new Set())} />
          <LoadMore
            shown={alerts.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="alerts"
          />
        </>
      ) : null}
    </>
  );
}

function changed(before: ReadonlySet<string>, ids: readonly string[], on: boolean): ReadonlySet<string> {
  const after = new Set(before);
  for (const id of ids) {
    if (on) after.add(id);
    else after.delete(id);
  }
  return after;
}

const isFiltered = (filters: Partial<Record<(typeof ALERT_FILTERS)[number], string | null>>) =>
  ALERT_FILTERS.some((key) => key !== "which" && filters[key]) ||
  (filters.which !== undefined && filters.which !== null && filters.which !== "open");

function NoAlerts({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={BellRing}
        title="No alert fits these filters"
        action={<ButtonLink href="/alerts">Show what is open</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={CircleCheck}
      title="Nothing is wrong that we know of"
      action={<ButtonLink href="/alerts?which=past">Look at past alerts</ButtonLink>}
    >
      One alert stands here for each thing that is wrong, for as long as it is. It goes by itself when the
      thing is right again. What went well never makes one.
    </EmptyState>
  );
}
