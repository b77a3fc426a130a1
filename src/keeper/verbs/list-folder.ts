import { itemType } from "~/borg/archive-items";
import {
  childrenPattern,
  deeperPattern,
  LISTING_FORMAT,
  type ListedItem,
  parseListedItem,
} from "~/borg/listing";
import { splitLines } from "~/borg/split-lines";
import { archiveLocation } from "../archive-location";
import type { FolderEntry } from "../contract/archives";
import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readWithBorg } from "../run-server-borg";

const LIST_LIMIT_SECONDS = 300;
/** Longest line: a path of 4096 bytes, each printed as `\udcff`, twice for a link, and the rest. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * borg has no index of folders, so each pass reads all metadata of the archive (8 s per million files). The first pass gets the children
 * that are stored. Folders above a backed-up directory (`usr` when the source was `/usr/share`) are not stored: only when the asked
 * folder itself is not, a second pass finds them by what lies below.
 */
export const listFolder: Verb<"list-folder"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, passphrase, archiveName, limit } = input;
  const folder = cleanFolder(Buffer.from(input.path, "base64"));
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const location = archiveLocation(path, archiveName);
  const pass = async (pattern: string, onItem: (item: ListedItem) => void) => {
    let fault: unknown;
    const lines = splitLines(MAX_LINE_BYTES, (line) => {
      try {
        onItem(parseListedItem(line));
      } catch (error) {
        fault ??= error;
      }
    });
    await readWithBorg(keeper, {
      ...{ clientId, repositoryId, passphrase, signal, limitSeconds: LIST_LIMIT_SECONDS },
      args: ["list", `--format=${LISTING_FORMAT}`, "--", location, `re:${pattern}`],
      onStdout: lines.push,
    });
    lines.end();
    if (fault) throw new KeeperRefuses("fault", "borg's listing could not be read.", fault);
  };

  const entries = new Map<string, FolderEntry>();
  let truncated = false;
  const add = (name: Buffer, entry: FolderEntry) => {
    const key = name.toString("latin1");
    if (entries.has(key)) return;
    if (entries.size < limit) entries.set(key, entry);
    else truncated = true;
  };

  let folderIsStored = false;
  await pass(childrenPattern(folder), (item) => {
    if (folder.length > 0 && item.path.equals(folder)) folderIsStored = true;
    else {
      const name = lastPart(item.path);
      add(name, toEntry(name, item));
    }
  });
  if (!folderIsStored) {
    const stored = [...entries.keys()].map((key) => Buffer.from(key, "latin1"));
    const skip = folder.length === 0 ? 0 : folder.length + 1;
    await pass(deeperPattern(folder, stored.slice(0, 200)), (item) => {
      const rest = item.path.subarray(skip);
      const name = rest.subarray(0, rest.indexOf(47));
      add(name, unstoredFolder(name));
    });
  }
  if (folder.length > 0 && !folderIsStored && entries.size === 0)
    throw new KeeperRefuses("archive-missing", "The archive has no such folder.");
  return { entries: [...entries.values()], truncated };
};

function toEntry(name: Buffer, item: ListedItem): FolderEntry {
  return {
    name: name.toString("base64"),
    lossless: true,
    type: itemType(item.type),
    mode: item.mode,
    user: item.user,
    group: item.group,
    bytes: item.bytes,
    modifiedAt: item.modifiedAt,
    linkTarget: item.linkTarget,
  };
}

/** A folder that only exists because something below it was backed up: nothing of its own is known. */
function unstoredFolder(name: Buffer): FolderEntry {
  return {
    ...{ name: name.toString("base64"), lossless: true, type: "directory", mode: "drwxr-xr-x" },
    ...{ user: "", group: "", bytes: 0, modifiedAt: null, linkTarget: null },
  };
}

function lastPart(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(47) + 1);
}

/** Archives hold paths without slashes at the ends. */
function cleanFolder(path: Buffer): Buffer {
  let from = 0;
  let to = path.length;
  while (from < to && path[from] === 47) from++;
  while (to > from && path[to - 1] === 47) to--;
  return path.subarray(from, to);
}
