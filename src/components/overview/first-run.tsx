"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import { Checklist } from "../system/checklist";
import { FIRST_PLAN, FIRST_RESTORE } from "./first-run-queries";

/** From nothing to a proven way back, in four steps that tick themselves. Gone once the first restore has worked. */
export function FirstRun({ clients, archives }: { clients: number; archives: number }) {
  const trpc = useTRPC();
  const plans = useQuery(trpc.plans.list.queryOptions(FIRST_PLAN));
  const restores = useQuery(trpc.jobs.list.queryOptions(FIRST_RESTORE));
  if (!plans.data || !restores.data) return null;
  const steps = [
    {
      done: clients > 0,
      say: "Add a client: paste one line on the machine",
      href: "/clients/new",
      action: "Add a client",
    },
    {
      done: plans.data.items.length > 0,
      say: "Make a plan: what to back up and where to",
      href: "/plans/new",
      action: "Make a plan",
    },
    { done: archives > 0, say: "Make the first backup", href: "/plans", action: "Back up now" },
    {
      done: restores.data.items.length > 0,
      say: "Restore a file: only then do you know that it works",
      href: "/archives",
      action: "Restore a file",
    },
  ];
  const next = steps.find((step) => !step.done);
  if (!next) return null;
  return (
    <Section title="First steps" boxed>
      <div className="grid justify-items-start gap-4">
        <Checklist steps={steps} />
        <ButtonLink href={next.href} variant="primary">
          {next.action}
        </ButtonLink>
      </div>
    </Section>
  );
}
