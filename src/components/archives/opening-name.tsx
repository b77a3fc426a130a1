import { TextLink } from "~/components/ui/text-link";
import { fileAddress } from "./addresses";
import { EntryIcon } from "./entry-cells";
import { ENTRY_ICONS } from "./entry-icons";
import { NameText } from "./name-text";
import type { TreeEntry } from "./use-tree";

/** An entry's icon and name: a folder opens, anything else leads to its versions. */
export function OpeningName({
  entry,
  path,
  repositoryId,
  open,
}: {
  entry: Pick<TreeEntry, "name" | "type">;
  path: string;
  repositoryId: string;
  open: (path: string) => void;
}) {
  const isFolder = entry.type === "directory";
  return (
    <>
      <EntryIcon icon={ENTRY_ICONS[entry.type]} isFolder={isFolder} />
      {isFolder ? (
        <button
          type="button"
          data-row-link
          onClick={() => open(path)}
          className="truncate text-left font-medium hover:underline"
        >
          <NameText path={entry.name} />
          <span className="sr-only">, folder</span>
        </button>
      ) : (
        <TextLink row href={fileAddress({ repositoryId, path })} className="truncate font-normal">
          <NameText path={entry.name} />
        </TextLink>
      )}
    </>
  );
}
