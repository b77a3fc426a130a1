"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Play, RotateCcw, ScrollText } from "lucide-react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "~/components/ui/menu";
import { useTRPC } from "~/trpc/react";
import type { ClientDetail } from "../system/api";
import { May } from "../system/may";
import { useMay, useMayAdminister } from "../system/use-may";
import { useStartBackup } from "../system/use-start-backup";

/** Back up now, Restore, and for admins what was done to it. Several plans: a menu of them; none: the way to make one. */
export function ClientActions({ client }: { client: ClientDetail }) {
  const trpc = useTRPC();
  const start = useStartBackup();
  const plans = useQuery(trpc.plans.list.queryOptions({ clientId: client.id })).data?.items ?? [];
  const [only] = plans;
  const mayBackUp = useMay("backup", client.id);
  const isAdmin = useMayAdminister();
  const mayPlan = useMay("manage-plans", client.id);
  const ready = client.state === "online" || client.state === "offline";
  return (
    <>
      {mayBackUp && plans.length > 1 ? (
        <Menu
          trigger={
            <Button variant="primary" busy={start.isPending} disabled={!ready}>
              <Play aria-hidden /> Back up now <ChevronDown aria-hidden />
            </Button>
          }
        >
          {plans.map((plan) => (
            <MenuItem key={plan.id} onClick={() => start.mutate({ id: plan.id })}>
              <Play aria-hidden />
              {plan.name}
              {plan.activeJobId ? <span className="text-ink-soft">runs now</span> : null}
            </MenuItem>
          ))}
          {mayPlan ? (
            <>
              <MenuSeparator />
              <MenuLink href={`/plans/new?client=${client.id}`}>Make another plan</MenuLink>
            </>
          ) : null}
        </Menu>
      ) : mayBackUp && only ? (
        <Button
          variant="primary"
          busy={start.isPending}
          disabled={!ready}
          onClick={() => start.mutate({ id: only.id })}
        >
          <Play aria-hidden /> Back up now
        </Button>
      ) : !only && ready && mayPlan ? (
        <ButtonLink
          variant={client.repositoryCount > 0 ? "primary" : "secondary"}
          href={`/plans/new?client=${client.id}`}
        >
          Make a plan
        </ButtonLink>
      ) : null}
      {client.lastArchiveAt ? (
        <May action="restore" client={client.id}>
          <ButtonLink href={`/restore?client=${client.id}`}>
            <RotateCcw aria-hidden /> Restore
          </ButtonLink>
        </May>
      ) : null}
      {isAdmin ? (
        <ButtonLink href={`/journal?clientId=${client.id}`} variant="quiet">
          <ScrollText aria-hidden /> Journal
        </ButtonLink>
      ) : null}
    </>
  );
}
