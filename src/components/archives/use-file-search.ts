"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { PAGED } from "~/components/system/paged";
import { useFilters } from "~/components/ui/filter-bar";
import { startOfDay } from "~/components/ui/start-of-day";
import { type FileFilters, typedSize } from "~/domain/file-query";
import { isIdText } from "~/domain/id-text";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { useSettled } from "./use-settled";

/** The parts of a search for files, by their names in the address. */
export const FILE_FILTERS = ["q", "ext", "in", "least", "most", "from", "to", "deleted"] as const;

/** Milliseconds after the last key before one is asked: as long as a fluent writer rests between two letters. */
const REST_MS = 180;
const PAGE = 50;
/** A page may be short because little of what was looked at fitted: then the next follows by itself, but not for ever. */
const FEW = 20;
const MOST_BY_ITSELF = 20;

export function useFileFilters() {
  const [values, set] = useFilters(FILE_FILTERS);
  const textOf = (key: keyof FileFilters) => values[key] ?? "";
  return {
    textOf,
    set: (next: Partial<Record<keyof FileFilters, string | null>>) =>
      void set(Object.fromEntries(Object.entries(next).map(([key, value]) => [key, value || null]))),
    /** Anything is asked for at all. */
    isSearching: FILE_FILTERS.some((key) => textOf(key).trim() !== ""),
    clear: () => void set(Object.fromEntries(FILE_FILTERS.map((key) => [key, null]))),
  };
}

/** What a search finds, as one types: an older question is given up, and its answer stays until the new one is there. */
export function useFileSearch() {
  const trpc = useTRPC();
  const { textOf, isSearching } = useFileFilters();
  const asked = useSettled(requestOf(textOf), REST_MS);
  const query = useInfiniteQuery(
    trpc.archives.find.infiniteQueryOptions(asked, {
      ...PAGED,
      ...{ enabled: isSearching, placeholderData: keepPreviousData, retry: false },
      trpc: { context: ALONE, abortOnUnmount: true },
    }),
  );
  const { data, isFetching, hasNextPage, fetchNextPage, isPlaceholderData, isError } = query;
  const found = data?.pages.flatMap((page) => page.items) ?? [];
  const looked = data?.pages.length ?? 0;
  const goesOn =
    hasNextPage &&
    !isPlaceholderData &&
    !isError &&
    looked < MOST_BY_ITSELF &&
    found.length < Math.min(looked, 2) * FEW;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return { query, found, goesOn };
}

/** What is not understood in the address filters nothing. */
function requestOf(textOf: (key: keyof FileFilters) => string) {
  const from = startOfDay(textOf("from"));
  const to = startOfDay(textOf("to"), 1);
  const [least, most] = [typedSize(textOf("least")), typedSize(textOf("most"))];
  const clientId = textOf("in");
  return {
    limit: PAGE,
    ...(textOf("q").trim() === "" ? {} : { text: textOf("q").trim().slice(0, 255) }),
    ...(textOf("ext").trim() === "" ? {} : { extension: textOf("ext").trim().slice(0, 50) }),
    ...(isIdText(clientId) ? { clientId } : {}),
    ...(least === null ? {} : { leastBytes: least }),
    ...(most === null ? {} : { mostBytes: most }),
    ...(from ? { modifiedAfter: from } : {}),
    ...(to ? { modifiedBefore: to } : {}),
    ...(textOf("deleted") === "yes" ? { deletedOnly: true } : {}),
  };
}
