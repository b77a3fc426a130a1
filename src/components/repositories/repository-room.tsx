"use client";

import { useQuery } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { sayForecast } from "~/domain/capacity";
import { useTRPC } from "~/trpc/react";

/** How much room is left where a repository lies, and for how long. For admins. */
export function RepositoryRoom({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: room, isPending } = useQuery(trpc.system.room.queryOptions({ repositoryId: id }));
  if (isPending) return <span className="text-ink-soft">…</span>;
  if (!room) return <span className="text-ink-soft">not told by its storage node</span>;
  return (
    <span>
      <Bytes value={room.freeBytes} /> of <Bytes value={room.totalBytes} /> free.{" "}
      <span className="text-ink-soft">{sayForecast(room.forecast)}</span>
    </span>
  );
}
