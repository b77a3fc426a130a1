"use client";

import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import {
  ClipboardList,
  Database,
  File,
  FileSearch,
  ListChecks,
  type LucideIcon,
  Play,
  Plus,
  Server,
} from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useDeferredValue, useState } from "react";
import { backdropStyle } from "~/components/ui/backdrop-style";
import { showPath } from "~/domain/archive-path";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { fileAddress, folderAddress } from "../archives/addresses";
import { useSettled } from "../archives/use-settled";
import { jobTitle } from "../system/job-title";
import { useMay, useMayNeed, useMayOf } from "../system/use-may";
import { useStartBackup } from "../system/use-start-backup";
import { MAIN_PLACES, type Place, SYSTEM_PLACES } from "./navigation";

const PAGES = [...MAIN_PLACES, ...SYSTEM_PLACES];
const ACTIONS: readonly Place[] = [
  { href: "/clients/new", label: "Add a client", icon: Plus, needs: "manage-clients" },
  { href: "/plans/new", label: "Make a plan", icon: Plus, needs: "manage-plans" },
  { href: "/repositories/new", label: "Make a repository", icon: Plus, needs: "manage-repositories" },
  { href: "/settings/tokens", label: "Make an API token", icon: Plus },
];

/** Goes to any page, client, plan, repository, job or file, and starts backups. */
export function CommandPalette({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const [text, setText] = useState("");
  const startBackup = useStartBackup();
  const may = useMayNeed();
  const mayBackUp = useMayOf("backup");
  const maySee = useMay("view");
  const search = text.trim();
  const { clients, plans, repositories, jobs } = useThings(useDeferredValue(search), open);
  const files = useFiles(useSettled(search, REST_MS), open);
  function close() {
    onOpenChange(false);
    setText("");
  }
  function go(href: string) {
    close();
    router.push(href as Route);
  }
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? onOpenChange(true) : close())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropStyle} />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-40 w-[36rem] max-w-[calc(100vw-1.5rem)] -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-raised outline-none">
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Command label="Go to">
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Client, plan, repository, job, file, page or action"
              className="h-11 w-full border-b bg-transparent px-4 outline-none placeholder:text-ink-soft"
            />
            <Command.List className="max-h-[60vh] overflow-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-ink-soft">
                Nothing of that name.
              </Command.Empty>
              <Group heading="Pages">
                {PAGES.filter(may).map((page) => (
                  <Item
                    key={page.href}
                    icon={page.icon}
                    label={page.label}
                    value={`page ${page.label}`}
                    go={() => go(page.href)}
                  />
                ))}
              </Group>
              <Group heading="Actions">
                {ACTIONS.filter(may).map((action) => (
                  <Item
                    key={action.label}
                    icon={action.icon}
                    label={action.label}
                    value={`do ${action.label}`}
                    go={() => go(action.href)}
                  />
                ))}
                {plans
                  .filter((plan) => mayBackUp(plan.clientId))
                  .map((plan) => (
                    <Item
                      key={plan.id}
                      icon={Play}
                      label={`Back up now: ${plan.clientName} · ${plan.name}`}
                      value={`back up now ${plan.clientName} ${plan.name} ${plan.id}`}
                      go={() => {
                        close();
                        startBackup.mutate({ id: plan.id });
                      }}
                    />
                  ))}
              </Group>
              <Group heading="Clients">
                {clients.map((client) => (
                  <Item
                    key={client.id}
                    icon={Server}
                    label={client.name}
                    value={`client ${client.name} ${client.id}`}
                    go={() => go(`/clients/${client.id}`)}
                  />
                ))}
              </Group>
              <Group heading="Plans">
                {plans.map((plan) => (
                  <Item
                    key={plan.id}
                    icon={ClipboardList}
                    label={`${plan.clientName} · ${plan.name}`}
                    value={`plan ${plan.clientName} ${plan.name} ${plan.id}`}
                    go={() => go(`/plans/${plan.id}`)}
                  />
                ))}
              </Group>
              <Group heading="Repositories">
                {repositories.map((repository) => (
                  <Item
                    key={repository.id}
                    icon={Database}
                    label={`${repository.clientName} · ${repository.name}`}
                    value={`repository ${repository.clientName} ${repository.name} ${repository.id}`}
                    go={() => go(`/repositories/${repository.id}`)}
                  />
                ))}
              </Group>
              {search === "" || !maySee ? null : (
                <Group heading="Files">
                  {files.map((file) => (
                    <Item
                      key={`${file.archive.archiveId} ${file.path}`}
                      icon={File}
                      label={`${file.clientName} · /${showPath(file.path)}`}
                      // With what was typed: the server has decided that it fits, by the name alone.
                      value={`file ${search} ${file.archive.archiveId} ${file.path}`}
                      go={() =>
                        go(
                          file.type === "directory"
                            ? folderAddress({ archiveId: file.archive.archiveId, path: file.path })
                            : fileAddress(file),
                        )
                      }
                    />
                  ))}
                  <Item
                    icon={FileSearch}
                    label={`Search all files for “${search}”`}
                    value={`search files ${search}`}
                    go={() => go(`/archives?q=${encodeURIComponent(search)}`)}
                  />
                </Group>
              )}
              <Group heading="Newest jobs">
                {jobs.map((job) => (
                  <Item
                    key={job.id}
                    icon={ListChecks}
                    label={jobTitle(job)}
                    value={`job ${jobTitle(job)} ${job.id}`}
                    go={() => go(`/jobs/${job.id}`)}
                  />
                ))}
              </Group>
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useThings(search: string, enabled: boolean) {
  const trpc = useTRPC();
  const maySee = useMay("view");
  const options = { enabled: enabled && maySee, placeholderData: keepPreviousData, staleTime: 10_000 };
  const clients = useQuery(
    trpc.clients.list.queryOptions({ search: search || undefined, limit: 20 }, options),
  );
  const plans = useQuery(trpc.plans.list.queryOptions({ limit: 100 }, options));
  const repositories = useQuery(trpc.repositories.list.queryOptions({ limit: 100 }, options));
  const jobs = useQuery(trpc.jobs.list.queryOptions({ limit: 10 }, options));
  return {
    clients: clients.data?.items ?? [],
    plans: plans.data?.items ?? [],
    repositories: repositories.data?.items ?? [],
    jobs: jobs.data?.items ?? [],
  };
}

/** Milliseconds after the last key before files are searched. */
const REST_MS = 200;
/** Shorter ones are the beginning of too many names. */
const LEAST_LETTERS = 3;

function useFiles(search: string, enabled: boolean) {
  const trpc = useTRPC();
  const maySee = useMay("view");
  const { data } = useQuery(
    trpc.archives.find.queryOptions(
      { text: search.slice(0, 255), limit: 6 },
      {
        enabled: enabled && maySee && search.length >= LEAST_LETTERS,
        ...{ placeholderData: keepPreviousData, staleTime: 10_000, retry: false },
        trpc: { context: ALONE, abortOnUnmount: true },
      },
    ),
  );
  return search.length < LEAST_LETTERS ? [] : (data?.items ?? []);
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[0.75rem] [&_[cmdk-group-heading]]:text-ink-soft"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  icon: Icon,
  label,
  value,
  go,
}: {
  icon: LucideIcon;
  label: string;
  value: string;
  go: () => void;
}) {
  return (
    <Command.Item
      value={value}
      onSelect={go}
      className="flex cursor-default items-center gap-3 rounded-sm px-2 py-1.5 data-[selected=true]:bg-accent-wash"
    >
      <Icon aria-hidden className="size-4 text-ink-soft" />
      <span className="truncate">{label}</span>
    </Command.Item>
  );
}
