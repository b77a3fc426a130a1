import { File, FileQuestion, FileSymlink, Folder, Link2, type LucideIcon } from "lucide-react";
import type { Api } from "../system/api";

export type EntryType = Api["archives"]["browse"]["entries"][number]["type"];

/** The mark of what an entry of an archive is. */
export const ENTRY_ICONS: Record<EntryType, LucideIcon> = {
  file: File,
  directory: Folder,
  symlink: FileSymlink,
  hardlink: Link2,
  fifo: FileQuestion,
  device: FileQuestion,
  other: FileQuestion,
};
