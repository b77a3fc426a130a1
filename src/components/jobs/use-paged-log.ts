"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { compareCursors, type TailLine } from "~/domain/log-tail";
import { useTRPC, useTRPCClient } from "~/trpc/react";
import { fitsFilter, type LevelChoice, levelsOf } from "./log-levels";

/** Lines the server is asked for at once. */
const PAGE_LINES = 1000;

/** A job's log from its beginning, filtered by the server, a page at a time; what the live tail brings meanwhile is added at the end. */
export function usePagedLog(asked: {
  jobId: string;
  level: LevelChoice;
  search: string;
  tail: readonly TailLine[];
  enabled: boolean;
}) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = {
    id: asked.jobId,
    limit: PAGE_LINES,
    levels: levelsOf(asked.level),
    search: asked.search || undefined,
  };
  const pages = useInfiniteQuery({
    queryKey: [...trpc.jobs.log.queryKey(input), "pages"],
    queryFn: ({ pageParam, signal }) => client.jobs.log.query({ ...input, after: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: asked.enabled,
    placeholderData: keepPreviousData,
  });
  const read = pages.data?.pages.flatMap((page) => page.lines) ?? [];
  if (!pages.data || pages.hasNextPage) return { pages, lines: read };
  const last = read.at(-1);
  const since = asked.tail.filter(
    (line) =>
      (!last || compareCursors(line.cursor, last.cursor) > 0) && fitsFilter(line, asked.level, asked.search),
  );
  return { pages, lines: [...read, ...since] };
}
