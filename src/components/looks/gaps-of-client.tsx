"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { Bytes } from "~/components/ui/bytes";
import { Menu, MenuItem } from "~/components/ui/menu";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api, ClientDetail } from "../system/api";
import { May } from "../system/may";
import { whyNoLook } from "./why-no-look";

type Gap = Api["looks"]["gaps"]["gaps"][number];

const KINDS: Record<Gap["kind"], string> = {
  mount: "file system",
  database: "databases or containers",
  home: "home",
  folder: "folder",
};

/** What of a machine no plan reads, with size and one click to add it. Nothing where looking is not allowed and nothing was found. */
export function GapsOfClient({ client }: { client: ClientDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useQuery(trpc.looks.gaps.queryOptions({ clientId: client.id }));
  const again = () => void queryClient.invalidateQueries(trpc.looks.gaps.pathFilter());
  const search = useMutation(
    trpc.looks.findGaps.mutationOptions({
      onSuccess: again,
      onError: (error) => toast.failed("The search did not begin", problemOf(error).say),
    }),
  );
  if (!data || (whyNoLook(client)?.line && data.gaps.length === 0)) return null;
  const open = data.gaps.filter((gap) => gap.dismissedAt === null);
  const dismissed = data.gaps.filter((gap) => gap.dismissedAt !== null);
  const searching = data.searchingJobId !== null;
  return (
    <Section
      title="Not covered"
      action={
        <May action="browse-live-disk" client={client.id}>
          <Button
            size="small"
            busy={search.isPending || searching}
            disabled={whyNoLook(client) !== null}
            onClick={() => search.mutate({ clientId: client.id })}
          >
            <Search aria-hidden />
            {searching ? "Searching" : "Search now"}
          </Button>
        </May>
      }
    >
      <div className="grid gap-2">
        {open.length > 0 ? <GapList client={client} gaps={open} changed={again} /> : null}
        {open.length === 0 ? (
          <p className="rounded-md border bg-panel p-4 text-ink-soft">
            {data.searchedAt
              ? "Everything that was found is in a plan, or somebody said that it needs no backup."
              : "Not searched yet. It is searched once a day while the machine is connected."}
          </p>
        ) : null}
        <p className="text-[0.8125rem] text-ink-soft">
          {data.searchedAt ? (
            <>
              Searched <RelativeTime at={data.searchedAt} />: file systems, databases, homes and folders at
              the top.
            </>
          ) : null}
        </p>
        {dismissed.length > 0 ? (
          <details>
            <summary className="cursor-pointer text-[0.8125rem] text-ink-soft hover:text-ink">
              {dismissed.length} said to need no backup
            </summary>
            <div className="pt-2">
              <GapList client={client} gaps={dismissed} changed={again} />
            </div>
          </details>
        ) : null}
      </div>
    </Section>
  );
}

function GapList({
  client,
  gaps,
  changed,
}: {
  client: ClientDetail;
  gaps: readonly Gap[];
  changed: () => void;
}) {
  return (
    <ul className="rounded-md border bg-panel">
      {gaps.map((gap) => (
        <li key={gap.path} className="grid gap-1.5 border-b px-4 py-2.5 last:border-b-0">
          <div className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 break-all font-mono text-[0.8125rem]">
              <bdi>{gap.path}</bdi>
            </span>
            <span className="shrink-0">
              <Bytes value={gap.bytes} absent="large" />
            </span>
          </div>
          <div className="flex flex-wrap items-center justify-between gap-2 text-[0.8125rem] text-ink-soft">
            <span>
              {KINDS[gap.kind]}, found <RelativeTime at={gap.foundAt} />
            </span>
            <May action="manage-plans" client={client.id}>
              <GapActions client={client} gap={gap} changed={changed} />
            </May>
          </div>
        </li>
      ))}
    </ul>
  );
}

function GapActions({ client, gap, changed }: { client: ClientDetail; gap: Gap; changed: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: plans } = useQuery(trpc.plans.list.queryOptions({ clientId: client.id }));
  const failed = (error: unknown) => toast.failed("That was not done", problemOf(error).say);
  const add = useMutation(
    trpc.looks.addGap.mutationOptions({
      onError: failed,
      onSuccess: (_, { planId }) => {
        const plan = plans?.items.find(({ id }) => id === planId);
        toast.done(`${gap.path} is in ${plan?.name ?? "the plan"}`, "From its next backup on.");
        changed();
        void queryClient.invalidateQueries(trpc.plans.pathFilter());
      },
    }),
  );
  const dismiss = useMutation(trpc.looks.dismissGap.mutationOptions({ onError: failed, onSuccess: changed }));
  const clientId = client.id;
  if (gap.dismissedAt !== null) {
    return (
      <Button
        size="small"
        variant="quiet"
        busy={dismiss.isPending}
        onClick={() => dismiss.mutate({ clientId, path: gap.path, dismissed: false })}
      >
        It needs one after all
      </Button>
    );
  }
  const [only, ...others] = plans?.items ?? [];
  return (
    <span className="flex flex-wrap gap-1.5">
      {plans && !only ? (
        <ButtonLink size="small" href={`/plans/new?client=${clientId}`}>
          Make a plan
        </ButtonLink>
      ) : null}
      {only && others.length === 0 ? (
        <Button
          size="small"
          busy={add.isPending}
          onClick={() => add.mutate({ planId: only.id, path: gap.path })}
        >
          <Plus aria-hidden />
          Add to {only.name}
        </Button>
      ) : null}
      {others.length > 0 ? (
        <Menu
          trigger={
            <Button size="small" busy={add.isPending}>
              <Plus aria-hidden />
              Add to a plan
            </Button>
          }
        >
          {plans?.items.map((plan) => (
            <MenuItem key={plan.id} onClick={() => add.mutate({ planId: plan.id, path: gap.path })}>
              {plan.name}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
      <Button
        size="small"
        variant="quiet"
        busy={dismiss.isPending}
        onClick={() => dismiss.mutate({ clientId, path: gap.path, dismissed: true })}
      >
        Needs no backup
      </Button>
    </span>
  );
}
