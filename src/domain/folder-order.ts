import { comparePaths } from "./archive-path";

export const FOLDER_ORDERS = ["name", "size", "date"] as const;
export type FolderOrder = (typeof FOLDER_ORDERS)[number];

/** What ordering needs to know of an entry of a folder. */
export interface OrderedEntry {
  /** base64. */
  name: string;
  type: string;
  bytes: number;
  modifiedAt: string | null;
}

/**
 * Folders first, then by what was asked; equal ones by the bytes of their names. Sizes and dates start with the largest and the
 * newest, because that is what one looks for; `reversed` turns the order within folders and within the rest.
 */
export function orderEntries<Entry extends OrderedEntry>(
  entries: readonly Entry[],
  order: FolderOrder,
  reversed: boolean,
): Entry[] {
  const by: Record<FolderOrder, (a: Entry, b: Entry) => number> = {
    name: () => 0,
    size: (a, b) => b.bytes - a.bytes,
    date: (a, b) => (b.modifiedAt ?? "").localeCompare(a.modifiedAt ?? ""),
  };
  const direction = reversed ? -1 : 1;
  return [...entries].sort(
    (a, b) =>
      Number(b.type === "directory") - Number(a.type === "directory") ||
      direction * (by[order](a, b) || comparePaths(a.name, b.name)),
  );
}
