"use client";

import { useQuery } from "@tanstack/react-query";
import type { Action } from "~/domain/permission";
import { useTRPC } from "~/trpc/react";
import { useMayOf } from "../system/use-may";

/** Most things a filter or a form offers by name; whoever has more comes from the thing's own page. */
const MOST_CHOICES = 200;

/** Clients to choose from, by name; with `toDo` those with which the person may do that. Empty until they have come. */
export function useClientChoices(toDo: Action = "view"): { value: string; label: string }[] {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.clients.list.queryOptions({ limit: MOST_CHOICES }));
  const may = useMayOf(toDo);
  const fitting = data?.items.filter((client) => may(client.id)) ?? [];
  return byLabel(fitting.map((client) => ({ value: client.id, label: client.name })));
}

/** Plans to choose from, by client and name. */
export function usePlanChoices(clientId: string | null): { value: string; label: string }[] {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.plans.list.queryOptions({ limit: MOST_CHOICES, ...(clientId ? { clientId } : {}) }),
  );
  const label = (plan: { clientName: string; name: string }) =>
    clientId ? plan.name : `${plan.clientName} · ${plan.name}`;
  return byLabel(data?.items.map((plan) => ({ value: plan.id, label: label(plan) })) ?? []);
}

/** Repositories to choose from, by client and name. */
export function useRepositoryChoices(clientId: string | null): { value: string; label: string }[] {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.repositories.list.queryOptions({ limit: MOST_CHOICES, ...(clientId ? { clientId } : {}) }),
  );
  return byLabel(
    data?.items.map((repository) => ({
      value: repository.id,
      label: clientId ? repository.name : `${repository.clientName} · ${repository.name}`,
    })) ?? [],
  );
}

function byLabel<Choice extends { label: string }>(choices: Choice[]): Choice[] {
  return choices.sort((a, b) => a.label.localeCompare(b.label));
}
