"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Bytes } from "~/components/ui/bytes";
import { Checkbox } from "~/components/ui/checkbox";
import { IconButton } from "~/components/ui/icon-button";
import { RelativeTime } from "~/components/ui/relative-time";
import { Skeleton } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { showPath, trailOf } from "~/domain/archive-path";
import { coverOf, type Selection } from "~/domain/restore-selection";
import { useTRPC } from "~/trpc/react";
import { fileAddress } from "./addresses";
import { EntryIcon } from "./entry-cells";
import { ENTRY_ICONS } from "./entry-icons";
import { FileActions } from "./file-actions";
import { NameText } from "./name-text";
import type { TreeRowActions } from "./tree-row-actions";

/** The one entry of the open folder that was gone to, above the others: a folder of thousands would hide it. */
export function ShownEntry({
  path,
  selection,
  actions,
  forget,
}: {
  path: string;
  selection: Selection;
  actions: TreeRowActions;
  forget: () => void;
}) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.archives.locate.queryOptions({ id: actions.archiveId, path }));
  const entry = data?.entry;
  const name = trailOf(path).at(-1)?.name ?? "";
  const cover = coverOf(selection, path);
  return (
    <section
      aria-label="The file that you went to"
      className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 rounded-md border border-accent/40 bg-accent-wash px-3 py-2"
    >
      {entry && actions.mayRestore ? (
        <Checkbox
          aria-label={`Select ${showPath(name)}`}
          checked={cover === "picked" || cover === "within"}
          disabled={cover === "within"}
          onCheckedChange={() => actions.toggle(path)}
        />
      ) : null}
      <span className="flex min-w-0 items-center gap-2">
        <EntryIcon icon={ENTRY_ICONS[entry?.type ?? "file"]} isFolder={false} />
        <span className="wrap-anywhere min-w-0 font-medium">
          <NameText path={name} />
        </span>
      </span>
      {entry ? (
        <span className="flex flex-wrap gap-x-4 text-[0.8125rem] text-ink-soft">
          <Bytes value={entry.bytes} />
          <RelativeTime
            at={entry.modifiedAt === null ? null : new Date(entry.modifiedAt)}
            absent="not told"
          />
          <span>
            {entry.user}:{entry.group}
          </span>
        </span>
      ) : data ? (
        <span className="text-ink-soft">is not in this archive.</span>
      ) : (
        <Skeleton className="w-40" />
      )}
      <span className="ml-auto flex items-center gap-2">
        <TextLink href={fileAddress({ repositoryId: actions.repositoryId, path })}>All versions</TextLink>
        {entry && actions.mayRestore ? (
          <FileActions archiveId={actions.archiveId} path={path} type={entry.type} bytes={entry.bytes} />
        ) : null}
        <IconButton label="Close" className="size-7" onClick={forget}>
          <X aria-hidden />
        </IconButton>
      </span>
    </section>
  );
}
