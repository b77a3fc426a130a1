import { File, FileQuestion, FileSymlink, Folder, Link2, type LucideIcon } from "lucide-react";
import { Checkbox } from "~/components/ui/checkbox";
import { Cell, Row } from "~/components/ui/table";
import { showPath } from "~/domain/archive-path";
import type { Cover } from "~/domain/restore-selection";
import type { FolderEntry } from "~/keeper/contract/archives";
import { EntryIcon, SizeAndTime } from "./entry-cells";
import { NameText } from "./name-text";

const ICONS: Record<FolderEntry["type"], LucideIcon> = {
  file: File,
  directory: Folder,
  symlink: FileSymlink,
  hardlink: Link2,
  fifo: FileQuestion,
  device: FileQuestion,
  other: FileQuestion,
};

/** One entry. Enter opens a folder and ticks a file; x ticks either. An entry whose name could not be read can do neither. */
export function FolderRow({
  entry,
  path,
  cover,
  open,
  toggle,
}: {
  entry: FolderEntry;
  path: string;
  cover: Cover;
  open: (path: string) => void;
  toggle: (path: string) => void;
}) {
  const folder = entry.type === "directory";
  const ticked = cover === "picked" || cover === "within";
  return (
    <Row
      data-selected={ticked || undefined}
      className="data-[selected]:bg-accent-wash"
      onKeyDown={(event) => {
        if (event.key !== "x" || event.ctrlKey || event.metaKey || !entry.lossless) return;
        event.preventDefault();
        toggle(path);
      }}
    >
      <Cell className="w-10 pr-0">
        <Checkbox
          className="flex"
          aria-label={`Select ${showPath(entry.name)}`}
          checked={ticked}
          indeterminate={cover === "partly"}
          disabled={!entry.lossless || cover === "within"}
          onCheckedChange={() => toggle(path)}
        />
      </Cell>
      <Cell className="w-full max-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <EntryIcon icon={ICONS[entry.type]} isFolder={folder} />
          <button
            type="button"
            data-row-link
            aria-disabled={entry.lossless ? undefined : true}
            onClick={() => {
              if (!entry.lossless) return;
              if (folder) open(path);
              else toggle(path);
            }}
            className={folder ? "truncate text-left font-medium hover:underline" : "truncate text-left"}
          >
            <NameText path={entry.name} />
            <span className="sr-only">{folder ? ", folder" : ""}</span>
          </button>
          {entry.lossless ? <LinkTarget entry={entry} /> : <Unprintable />}
        </div>
      </Cell>
      <SizeAndTime entry={entry} />
      <Cell from="lg" className="whitespace-nowrap">
        {entry.user}:{entry.group}
      </Cell>
      <Cell from="lg" className="whitespace-nowrap">
        <code className="font-mono text-[0.8125rem]">{entry.mode}</code>
      </Cell>
    </Row>
  );
}

function LinkTarget({ entry }: { entry: FolderEntry }) {
  if (entry.linkTarget === null) return null;
  const word = entry.type === "hardlink" ? "same file as" : "points to";
  return (
    <span
      className="hidden min-w-0 truncate text-[0.8125rem] text-ink-soft sm:inline"
      title={entry.linkTarget}
    >
      <span className="sr-only">{word} </span>
      <span aria-hidden>{entry.type === "hardlink" ? "= " : "→ "}</span>
      {entry.linkTarget}
    </span>
  );
}

function Unprintable() {
  return (
    <span
      className="shrink-0 text-[0.8125rem] text-warn"
      title="borg could not print the bytes of this name, so it cannot be asked for by name."
    >
      name not printable: restore its folder
    </span>
  );
}
