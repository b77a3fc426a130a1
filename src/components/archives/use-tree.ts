"use client";

import { type UseQueryResult, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { isBelow } from "~/domain/archive-path";
import { type TreeFolder, treeRows } from "~/domain/archive-tree";
import type { FolderOrder } from "~/domain/folder-order";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { browseInput } from "./browse-input";

export type BrowsedFolder = Api["archives"]["browse"];
export type TreeEntry = BrowsedFolder["entries"][number];

/**
 * The tree of an archive below a folder: pages of it and of the folders that are open below it, as lines. An archive never changes, so what
 * was read once is not read again in this tab. `root`: the first page of the folder itself.
 */
export function useTree(given: {
  archiveId: string;
  path: string;
  expanded: readonly string[];
  by: FolderOrder;
  reversed: boolean;
}) {
  const { archiveId, path, expanded, by, reversed } = given;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [pages, setPages] = useState<ReadonlyMap<string, number>>(new Map());
  const requestOf = useCallback(
    (folder: string, page: number) =>
      trpc.archives.browse.queryOptions(browseInput({ archiveId, path: folder, by, reversed, page }), {
        ...{ staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false },
        trpc: { context: ALONE, abortOnUnmount: true },
      }),
    [trpc, archiveId, by, reversed],
  );
  const requests = [path, ...expanded.filter((folder) => isBelow(folder, path))].flatMap((folder) =>
    Array.from({ length: pages.get(`${by}${reversed}${folder}`) ?? 1 }, (_, page) => ({ folder, page })),
  );
  const answers = useQueries({ queries: requests.map(({ folder, page }) => requestOf(folder, page)) });
  const key = answers.map(({ dataUpdatedAt, errorUpdatedAt }) => `${dataUpdatedAt}.${errorUpdatedAt}`).join();
  const asked = requests.map(({ folder }) => folder).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked and when it was answered says when the lines are others.
  const rows = useMemo(() => {
    const folders = new Map<string, TreeFolder<TreeEntry>>();
    for (const [at, { folder }] of requests.entries()) {
      const before = folders.get(folder)?.entries ?? [];
      folders.set(folder, folderOf(before, answers[at]));
    }
    return treeRows(path, folders);
  }, [path, asked, key]);
  const root = answers[0];
  const more = useCallback(
    (folder: string) =>
      setPages((before) => {
        const name = `${by}${reversed}${folder}`;
        return new Map(before).set(name, (before.get(name) ?? 1) + 1);
      }),
    [by, reversed],
  );
  /** Asks for a folder before it is opened. Never of borg: that is work for the storage node. */
  const warm = (folder: string) => {
    if (root?.data?.source === "catalog") void queryClient.prefetchQuery(requestOf(folder, 0));
  };
  return { root, rows, more, warm, isReadingMore: answers.some((one, at) => at > 0 && one.isPending) };
}

function folderOf(
  before: readonly TreeEntry[],
  answer: UseQueryResult<BrowsedFolder, unknown> | undefined,
): TreeFolder<TreeEntry> {
  const entries = answer?.data ? [...before, ...answer.data.entries] : before;
  if (!answer || answer.isError) return { entries, state: "failed" };
  if (!answer.data) return { entries, state: "reading" };
  return { entries, state: answer.data.nextCursor === null ? "complete" : "more" };
}
