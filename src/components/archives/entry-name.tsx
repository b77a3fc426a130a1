import { TextLink } from "~/components/ui/text-link";
import { fileAddress } from "./addresses";
import { NameText } from "./name-text";
import type { TreeRowActions } from "./tree-row-actions";
import type { TreeEntry } from "./use-tree";

/** The name of an entry, which opens a folder and leads to the versions of anything else, and what must be said beside it. */
export function EntryName({
  entry,
  path,
  isFolder,
  actions,
}: {
  entry: TreeEntry;
  path: string;
  isFolder: boolean;
  actions: TreeRowActions;
}) {
  if (entry.lossless && !isFolder) {
    return (
      <TextLink
        row
        href={fileAddress({ repositoryId: actions.repositoryId, path })}
        className="truncate font-normal"
        title="All versions"
      >
        <NameText path={entry.name} />
      </TextLink>
    );
  }
  return (
    <button
      type="button"
      data-row-link
      aria-disabled={entry.lossless ? undefined : true}
      // A click without a count is one by key.
      onClick={({ detail }) => {
        if (entry.lossless) actions.open(path, detail === 0);
      }}
      className="truncate text-left font-medium hover:underline aria-disabled:font-normal aria-disabled:no-underline"
    >
      <NameText path={entry.name} />
      {isFolder ? <span className="sr-only">, folder</span> : null}
    </button>
  );
}

/** Where a link points. */
export function LinkTarget({ entry }: { entry: TreeEntry }) {
  if (entry.linkTarget === null) return null;
  const isSame = entry.type === "hardlink";
  return (
    <span
      className="hidden min-w-0 truncate text-[0.8125rem] text-ink-soft sm:inline"
      title={entry.linkTarget}
    >
      <span className="sr-only">{isSame ? "same file as" : "points to"} </span>
      <span aria-hidden>{isSame ? "= " : "→ "}</span>
      {entry.linkTarget}
    </span>
  );
}

/** In the place of what cannot be done with a name that borg could not print. */
export function Unprintable() {
  return (
    <span
      className="min-w-0 truncate text-[0.8125rem] text-warn"
      title="borg could not print the bytes of this name, so it cannot be asked for by name."
    >
      name not printable: restore its folder
    </span>
  );
}
