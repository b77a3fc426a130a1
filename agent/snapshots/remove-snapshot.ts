import { removeBtrfs } from "./btrfs";
import { removeLvm } from "./lvm";
import type { SnapshotRecord } from "./snapshot";
import { removeZfs } from "./zfs";

/** Removes a snapshot of ours; one that is not there (any more) is fine. Answers why it is still there, or null. */
export function removeSnapshot(record: SnapshotRecord): Promise<string | null> {
  switch (record.kind) {
    case "btrfs":
      return removeBtrfs(record);
    case "lvm":
      return removeLvm(record);
    case "zfs":
      return removeZfs(record);
  }
}

/** What a person would look for. */
export function snapshotWords(record: SnapshotRecord): string {
  switch (record.kind) {
    case "btrfs":
      return record.path;
    case "lvm":
      return `${record.group}/${record.name}`;
    case "zfs":
      return `${record.dataset}@${record.name}`;
  }
}
