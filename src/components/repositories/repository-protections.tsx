"use client";

import { useQuery } from "@tanstack/react-query";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { ProtectionList } from "../system/protection-list";

/** What protects this repository on its storage node. */
export function RepositoryProtections() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.system.status.queryOptions());
  return (
    <Section title="Protections" action={<TextLink href="/security">Security</TextLink>}>
      {data ? <ProtectionList protections={data.protections} /> : <Skeleton className="h-24 rounded-md" />}
    </Section>
  );
}
