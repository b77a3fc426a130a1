"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { JOB_KIND_NAMES } from "~/components/system/job-title";
import { PAGED } from "~/components/system/paged";
import { ButtonLink } from "~/components/ui/button-link";
import { DayRange } from "~/components/ui/day-range";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { useClientChoices, usePlanChoices } from "../plans/use-choices";
import { useMay } from "../system/use-may";
import { JOB_FILTERS, jobListInput, STATE_CHOICES } from "./job-list-input";
import { JobTable } from "./job-table";
import { JobTray } from "./job-tray";
import { useJobSelection } from "./use-job-selection";

const KIND_CHOICES = Object.entries(JOB_KIND_NAMES).map(([value, label]) => ({ value, label }));

/** Every job, newest first, as it goes. Filters stand in the address. */
export function JobList() {
  const trpc = useTRPC();
  const [filters] = useFilters(JOB_FILTERS);
  const clients = useClientChoices();
  const plans = usePlanChoices(typeof filters.clientId === "string" ? filters.clientId : null);
  const selection = useJobSelection();
  const mayAct = [useMay("backup"), useMay("restore"), useMay("maintenance"), useMay("delete-archives")];
  const list = useInfiniteQuery(
    trpc.jobs.list.infiniteQueryOptions(jobListInput(filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const jobs = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = JOB_FILTERS.some((key) => filters[key]);
  return (
    <>
      <FilterBar
        searchLabel="Search names or a job id"
        filters={[
          { key: "state", label: "State", choices: STATE_CHOICES },
          { key: "kind", label: "Kind", choices: KIND_CHOICES },
          { key: "clientId", label: "Client", choices: clients },
          { key: "planId", label: "Plan", choices: plans },
        ]}
      >
        <DayRange />
      </FilterBar>
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && jobs.length === 0 ? <NoJobs filtered={filtered} /> : null}
      {jobs.length > 0 ? (
        <>
          <JobTable jobs={jobs} label="Jobs" selection={mayAct.includes(true) ? selection : undefined} />
          <LoadMore
            shown={jobs.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="jobs"
          />
          <JobTray jobs={jobs} selection={selection} />
        </>
      ) : null}
    </>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={ListChecks}
        title="No job fits these filters"
        action={<ButtonLink href="/jobs">Show all jobs</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={ListChecks}
      title="Nothing has been done yet"
      action={
        <ButtonLink href="/plans" variant="primary">
          Go to the plans
        </ButtonLink>
      }
      line="npx bbs plan run <plan id>"
    >
      Every backup, restore and piece of server work stands here while it runs and after it has ended. Press
      Back up now on a plan to see the first one.
    </EmptyState>
  );
}
