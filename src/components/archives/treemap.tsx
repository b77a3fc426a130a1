import Link from "next/link";
import { cn } from "~/components/ui/class-names";
import { joinPath, showPath } from "~/domain/archive-path";
import { formatBytes } from "~/domain/quantity";
import { treemap } from "~/domain/treemap";
import { fileAddress } from "./addresses";
import { NameText } from "./name-text";
import type { TreeEntry } from "./use-tree";

/** Blocks that are drawn; smaller ones could not be told apart, and the list below has them all. */
const MOST_BLOCKS = 40;
/** Width to height for which blocks are laid out; a phone draws them a little less square. */
const RATIO = 2;

/** A folder's entries, largest first, as blocks by their sizes. Folders open; a file leads to its versions. */
export function Treemap({
  folder,
  entries,
  total,
  repositoryId,
  open,
}: {
  folder: string;
  entries: readonly TreeEntry[];
  total: number;
  repositoryId: string;
  open: (path: string) => void;
}) {
  const drawn = entries.slice(0, MOST_BLOCKS);
  const rest = total - drawn.reduce((sum, { bytes }) => sum + bytes, 0);
  const blocks = treemap([...drawn.map(({ bytes }) => bytes), Math.max(0, rest)], RATIO);
  return (
    <ul
      aria-label="Entries by size"
      className="relative h-72 overflow-hidden rounded-md border bg-sunken sm:h-96"
    >
      {blocks.map((block, at) => {
        const entry = drawn[at];
        const style = {
          left: `${block.left * 100}%`,
          top: `${block.top * 100}%`,
          width: `${block.width * 100}%`,
          height: `${block.height * 100}%`,
        };
        if (!entry) {
          if (rest <= 0) return null;
          return (
            <li
              key="rest"
              style={style}
              className="absolute overflow-hidden p-1.5 text-[0.8125rem] text-ink-soft"
            >
              <span className="truncate">the rest, {formatBytes(rest)}</span>
            </li>
          );
        }
        const path = joinPath(folder, entry.name);
        const label = `${showPath(entry.name)}, ${entry.type === "directory" ? "folder, " : ""}${formatBytes(entry.bytes)}, ${share(entry.bytes, total)}`;
        const inner = (
          <>
            <span className="block truncate font-medium">
              <NameText path={entry.name} />
              {entry.type === "directory" ? <span className="sr-only">, folder</span> : null}
            </span>
            <span className="block truncate text-[0.8125rem]">
              {formatBytes(entry.bytes)} · {share(entry.bytes, total)}
            </span>
          </>
        );
        const look = cn(
          "block size-full overflow-hidden border border-panel p-1.5 text-left text-ink -outline-offset-2",
          entry.type === "directory" ? "bg-accent-wash hover:bg-hover" : "bg-idle-wash hover:bg-hover",
        );
        return (
          <li key={path} style={style} className="absolute">
            {entry.type === "directory" ? (
              <button type="button" title={label} onClick={() => open(path)} className={look}>
                {inner}
              </button>
            ) : (
              <Link
                prefetch={false}
                href={fileAddress({ repositoryId, path })}
                title={label}
                className={look}
              >
                {inner}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** `45 %`; `under 1 %`. */
export function share(bytes: number, total: number): string {
  const percent = total > 0 ? (bytes / total) * 100 : 0;
  return percent > 0 && percent < 1 ? "under 1 %" : `${Math.round(percent)} %`;
}
