"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { fromAddress, toAddress } from "~/domain/archive-path";
import { FOLDER_ORDERS, orderEntries } from "~/domain/folder-order";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";

/** The folder that the address names, `""` for the top, and how to open another; each step is one step of Back. */
export function useFolderPath() {
  const [at, setAt] = useQueryState("at", parseAsString.withDefault("").withOptions({ history: "push" }));
  const path = fromAddress(at) ?? "";
  return { path, open: (next: string) => void setAt(next === "" ? null : toAddress(next)) };
}

/** The order of a folder's entries, kept in the address. */
export function useFolderOrder() {
  const [order, setOrder] = useQueryStates(
    {
      by: parseAsStringLiteral(FOLDER_ORDERS).withDefault("name"),
      reversed: parseAsBoolean.withDefault(false),
    },
    { history: "replace" },
  );
  return {
    ...order,
    /** The same order again turns it. */
    orderBy: (by: (typeof FOLDER_ORDERS)[number]) =>
      void setOrder({ by, reversed: order.by === by ? !order.reversed : false }),
  };
}

/** One folder of an archive, ordered. An archive never changes, so what was read once is not read again in this tab. */
export function useFolder(archiveId: string, path: string) {
  const trpc = useTRPC();
  const { by, reversed, orderBy } = useFolderOrder();
  const query = useQuery(
    trpc.archives.folder.queryOptions(
      { id: archiveId, path },
      { staleTime: Number.POSITIVE_INFINITY, retry: false, trpc: { context: ALONE } },
    ),
  );
  const entries = useMemo(
    () => (query.data ? orderEntries(query.data.entries, by, reversed) : []),
    [query.data, by, reversed],
  );
  return { query, entries, by, reversed, orderBy };
}
