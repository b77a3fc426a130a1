"use client";

import { useQuery } from "@tanstack/react-query";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { JobTable } from "../system/job-table";

/** The newest restores onto this client. Nothing while there was none: the page has a button that begins one. */
export function RestoresOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.jobs.list.queryOptions({ clientId, kinds: ["restore"], limit: 5 }));
  if (!data || data.items.length === 0) return null;
  return (
    <Section
      title="Restores"
      action={<TextLink href={`/jobs?clientId=${clientId}&kind=restore`}>All restores</TextLink>}
    >
      <JobTable jobs={data.items} label="Restores onto this client" ownClient />
    </Section>
  );
}
