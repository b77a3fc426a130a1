import { ChevronRight } from "lucide-react";
import { Bytes } from "~/components/ui/bytes";
import { Checkbox } from "~/components/ui/checkbox";
import { cn } from "~/components/ui/class-names";
import { Count } from "~/components/ui/count";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, Row } from "~/components/ui/table";
import { showPath } from "~/domain/archive-path";
import type { Cover } from "~/domain/restore-selection";
import { EntryIcon } from "./entry-cells";
import { ENTRY_ICONS } from "./entry-icons";
import { EntryName, LinkTarget, Unprintable } from "./entry-name";
import { FileActions } from "./file-actions";
import type { TreeRowActions } from "./tree-row-actions";
import type { TreeEntry } from "./use-tree";

/** Pixels by which an entry stands further right than the folder that holds it. */
const INDENT = 20;

/** One entry of the tree. Its name opens a folder, and of anything else the page of its versions. */
export function TreeRow({
  index,
  entry,
  path,
  level,
  isOpen,
  cover,
  isMarked,
  actions,
}: {
  index: number;
  entry: TreeEntry;
  path: string;
  level: number;
  isOpen: boolean;
  cover: Cover;
  /** It is the one that was gone to. */
  isMarked: boolean;
  actions: TreeRowActions;
}) {
  const isFolder = entry.type === "directory";
  const ticked = cover === "picked" || cover === "within";
  return (
    <Row
      data-index={index}
      data-selected={ticked || undefined}
      aria-level={level}
      aria-rowindex={index + 2}
      aria-expanded={isFolder && entry.lossless ? isOpen : undefined}
      className={cn("data-[selected]:bg-accent-wash", isMarked && "bg-hover")}
      onPointerEnter={() => {
        if (isFolder) actions.warm(path);
      }}
    >
      {actions.mayRestore ? (
        <Cell className="w-10 pr-0">
          <Checkbox
            className="flex"
            aria-label={`Select ${showPath(entry.name)}`}
            checked={ticked}
            indeterminate={cover === "partly"}
            disabled={!entry.lossless || cover === "within"}
            onCheckedChange={() => actions.toggle(path)}
          />
        </Cell>
      ) : null}
      <Cell className="w-full max-w-0 py-0">
        <div
          className="flex min-w-0 items-center gap-1.5"
          style={{ paddingLeft: Math.min(level - 1, 8) * INDENT }}
        >
          {isFolder && entry.lossless ? (
            <button
              type="button"
              tabIndex={-1}
              aria-label={`${isOpen ? "Close" : "Open"} ${showPath(entry.name)} below`}
              onClick={() => actions.expand(path)}
              className="grid size-6 shrink-0 place-items-center rounded-sm text-ink-soft hover:bg-hover hover:text-ink"
            >
              <ChevronRight aria-hidden className={cn("size-4", isOpen && "rotate-90")} />
            </button>
          ) : (
            <span className="size-6 shrink-0" />
          )}
          <EntryIcon icon={ENTRY_ICONS[entry.type]} isFolder={isFolder} />
          <EntryName entry={entry} path={path} isFolder={isFolder} actions={actions} />
          {entry.lossless ? <LinkTarget entry={entry} /> : <Unprintable />}
        </div>
      </Cell>
      <Cell number>
        {entry.type === "file" || entry.files !== null ? (
          <Bytes value={entry.bytes} />
        ) : (
          <span className="text-ink-soft">-</span>
        )}
      </Cell>
      <Cell from="md" number>
        {entry.files === null ? null : <Count value={entry.files} />}
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={entry.modifiedAt === null ? null : new Date(entry.modifiedAt)} absent="not told" />
      </Cell>
      <Cell from="lg" className="max-w-40 truncate">
        {entry.user}:{entry.group}
      </Cell>
      <Cell from="xl" className="whitespace-nowrap">
        <code className="font-mono text-[0.8125rem]">{entry.mode}</code>
      </Cell>
      {actions.mayRestore ? (
        <Cell className="w-10 py-0 pl-0">
          {entry.lossless ? (
            <FileActions
              archiveId={actions.archiveId}
              repositoryId={actions.repositoryId}
              path={path}
              type={entry.type}
              bytes={entry.bytes}
            />
          ) : null}
        </Cell>
      ) : null}
    </Row>
  );
}
