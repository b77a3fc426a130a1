"use client";

import { useQuery } from "@tanstack/react-query";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import { ArchiveShortTable } from "../system/archive-short-table";

/** The newest archives of this client. */
export function ArchivesOfClient({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.archives.list.queryOptions({ clientId, limit: 10 }));
  return (
    <Section
      title="Newest archives"
      action={<TextLink href={`/archives?clientId=${clientId}`}>All archives</TextLink>}
    >
      <ArchiveShortTable archives={list.data?.items} error={list.error} retry={() => list.refetch()} />
    </Section>
  );
}
