"use client";

import { useQuery } from "@tanstack/react-query";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";

/** A machine by its name, for whoever may see it. */
export function MachineName({ id }: { id: string }) {
  const trpc = useTRPC();
  const client = useQuery(trpc.clients.get.queryOptions({ id }, { retry: false }));
  if (client.isPending) return "…";
  if (!client.data) return "one that you may not see, or that was removed";
  return (
    <TextLink inline href={`/clients/${id}`}>
      {client.data.name}
    </TextLink>
  );
}
