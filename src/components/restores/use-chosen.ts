"use client";

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useKeptParam } from "~/components/archives/use-kept-param";
import { useSelection } from "~/components/archives/use-selection";
import { coverOf } from "~/domain/restore-selection";
import {
  type ChosenPart,
  type ChosenVersion,
  partsOf,
  versionsFromAddress,
  versionsToAddress,
  withoutVersion,
  withVersion,
} from "~/domain/restore-versions";
import { useTRPC } from "~/trpc/react";

/** What is chosen: in the wizard's archive as `pick`, single versions out of other archives as `also`. */
export function useChosen(archiveId: string) {
  const { selection, pick, toggle, select } = useSelection(archiveId);
  const { text, keep } = useKeptParam("also", "bbs-versions");
  const versions = useMemo(() => versionsFromAddress(text), [text]);
  const drop = (version: ChosenVersion) =>
    version.archiveId === archiveId ? toggle(version.path) : keepVersions(withoutVersion(versions, version));
  function keepVersions(next: readonly ChosenVersion[]) {
    keep(versionsToAddress(next));
  }
  return {
    selection,
    versions,
    pick,
    toggle,
    drop,
    parts: useMemo(() => partsOf(archiveId, selection, versions), [archiveId, selection, versions]),
    has: (version: ChosenVersion) =>
      version.archiveId === archiveId
        ? ["picked", "within"].includes(coverOf(selection, version.path))
        : versions.some(({ archiveId: id, path }) => id === version.archiveId && path === version.path),
    /** Another version of a path that is chosen already goes. */
    add: (version: ChosenVersion) => {
      const isHere = version.archiveId === archiveId;
      if (selection.includes(version.path) !== isHere) toggle(version.path);
      keepVersions(
        isHere ? versions.filter(({ path }) => path !== version.path) : withVersion(versions, version),
      );
    },
    clear: () => {
      select([]);
      keepVersions([]);
    },
  };
}

export type Chosen = ReturnType<typeof useChosen>;

/** Names of the archives of some parts, by id; null: one of them is not there (any more). */
export function useArchiveNames(parts: readonly ChosenPart[]): ReadonlyMap<string, string | null> {
  const trpc = useTRPC();
  const answers = useQueries({
    queries: parts.map(({ archiveId }) => trpc.archives.get.queryOptions({ id: archiveId })),
  });
  return new Map(parts.map(({ archiveId }, at) => [archiveId, answers[at]?.data?.name ?? null]));
}
