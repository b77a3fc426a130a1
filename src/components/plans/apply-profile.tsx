"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { useState } from "react";
import { PAGED } from "~/components/system/paged";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { FilterBar, useFilters } from "~/components/ui/filter-bar";
import { LoadMore } from "~/components/ui/load-more";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { previewInput } from "./preview-input";
import { type Preview, PreviewTable } from "./preview-table";

/** As many as one request takes (routers/plan-profiles). */
const MOST = 500;

/** Every plan that one may change, with what the profile would change of it; those that are ticked are changed together, after a last look. */
export function ApplyProfile({ profile }: { profile: Api["planProfiles"]["get"] }) {
  const trpc = useTRPC();
  const [filters] = useFilters(["search", "applied"]);
  const list = useInfiniteQuery(
    trpc.planProfiles.preview.infiniteQueryOptions(previewInput(profile.id, filters), {
      ...PAGED,
      placeholderData: keepPreviousData,
    }),
  );
  const [ticked, setTicked] = useState<ReadonlyMap<string, Preview>>(new Map());
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const differing = rows.filter(({ changes }) => changes.length > 0);
  const tick = (some: readonly Preview[], on: boolean) => {
    const next = new Map(ticked);
    for (const row of some) {
      if (on && next.size < MOST) next.set(row.planId, row);
      else next.delete(row.planId);
    }
    setTicked(next);
  };
  return (
    <Section
      title="Apply to plans"
      note="What it would change of each plan. Nothing is changed before you press Apply."
    >
      <FilterBar
        searchLabel="Plan, client or tag"
        filters={[
          { key: "applied", label: "Plans", choices: [{ value: "yes", label: "that took it before" }] },
        ]}
      />
      {list.isPending ? <SkeletonRows /> : null}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && rows.length === 0 ? (
        <EmptyState
          icon={ClipboardList}
          title={
            filters.search || filters.applied
              ? "No plan fits these filters."
              : "There is no plan that you may change."
          }
        />
      ) : null}
      {rows.length > 0 ? (
        <div className="grid gap-3">
          <div className="flex flex-wrap items-center gap-2">
            <ApplyButton profile={profile} ticked={[...ticked.values()]} done={() => setTicked(new Map())} />
            <Button size="small" disabled={differing.length === 0} onClick={() => tick(differing, true)}>
              Tick those that would change
            </Button>
            <Button size="small" disabled={ticked.size === 0} onClick={() => setTicked(new Map())}>
              Tick none
            </Button>
          </div>
          <PreviewTable rows={rows} ticked={ticked} tick={tick} />
          <LoadMore
            shown={rows.length}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            noun="plans"
          />
        </div>
      ) : null}
    </Section>
  );
}

function ApplyButton({
  profile,
  ticked,
  done,
}: {
  profile: Api["planProfiles"]["get"];
  ticked: readonly Preview[];
  done: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const again = () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.planProfiles.pathFilter()),
      queryClient.invalidateQueries(trpc.plans.pathFilter()),
    ]);
  const apply = useMutation(
    trpc.planProfiles.applyTo.mutationOptions({
      onSuccess: async ({ changed, same }) => {
        setOpen(false);
        done();
        toast.done(`${counted(changed)} changed`, same > 0 ? `${counted(same)} already so.` : undefined);
        await again();
      },
      // What is shown is out of date where somebody else was faster.
      onError: () => void again(),
    }),
  );
  const changing = ticked.filter(({ changes }) => changes.length > 0).length;
  return (
    <Dialog
      trigger={
        <Button variant="primary" disabled={ticked.length === 0}>
          Apply to {counted(ticked.length)}
        </Button>
      }
      title={`Apply ${profile.name} to ${counted(ticked.length)}?`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) return;
        apply.reset();
        if (apply.isError) done();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave them</Button>
          <Button
            variant="primary"
            busy={apply.isPending}
            onClick={() =>
              apply.mutate({
                id: profile.id,
                updatedAt: profile.updatedAt,
                plans: ticked.map(({ planId, updatedAt }) => ({ id: planId, updatedAt })),
              })
            }
          >
            Apply
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p>
          {counted(changing)} will change as shown, from the next run on; backups that run now are not
          touched. Either all of them are changed or none.
        </p>
        {apply.error ? <ErrorState title="No plan was changed" error={apply.error} /> : null}
      </div>
    </Dialog>
  );
}

function counted(count: number): string {
  return count === 1 ? "1 plan" : `${count} plans`;
}
