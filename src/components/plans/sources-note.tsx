"use client";

import { useQuery } from "@tanstack/react-query";
import { Notice } from "~/components/ui/notice";
import { isAtOrBelow } from "~/domain/restore-target";
import { useTRPC } from "~/trpc/react";

/** What one should know about the directories: one stands within another, or the machine's own policy does not allow one. */
export function SourcesNote({
  sources,
  clientId,
  nested,
}: {
  sources: readonly string[];
  clientId: string;
  nested: { path: string; within: string } | null;
}) {
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.clients.get.queryOptions({ id: clientId }), enabled: clientId !== "" });
  const readPaths = data?.policy?.readPaths;
  const forbidden = readPaths
    ? sources.filter((path) => path.startsWith("/") && !readPaths.some((folder) => isAtOrBelow(path, folder)))
    : [];
  return (
    <>
      {nested ? (
        <Notice tone="info" title={`${nested.path} is read anyway`}>
          It lies within {nested.within}. You may take it out.
        </Notice>
      ) : null}
      {forbidden.length > 0 && readPaths ? (
        <Notice tone="warn" title={`The machine's own policy does not allow ${forbidden.join(", ")}`}>
          It allows {readPaths.join(", ")}. Add more to readPaths in policy.json on the machine; the server
          cannot change that.
        </Notice>
      ) : null}
    </>
  );
}
