import { isWithin, realPlace } from "../allowed-paths";
import { readMounts } from "../looks/mounts";
import { planBtrfs } from "./btrfs";
import { findMount } from "./find-mount";
import { planLvm } from "./lvm";
import { no, type Plan } from "./snapshot";
import { planZfs } from "./zfs";

/** What the backup and the machine's policy say of snapshots. */
export type SnapshotWish = {
  oneFileSystem: boolean;
  /** Room for what changes meanwhile on a logical volume; null: the policy gives none. */
  lvmSnapshotMib: number | null;
  /** Where snapshots that have to be mounted are. */
  mountFolder: string;
};

/**
 * Whether a source can be read from a snapshot so that nothing is missing: what is another file system below the source would be an empty
 * folder in it. With `oneFileSystem` borg does not go there anyway. What kind of snapshot is decided by the file system alone; one that is not
 * known here gets none.
 */
export async function planSnapshot(
  source: string,
  name: string,
  wish: SnapshotWish,
): Promise<Plan & { source: string }> {
  const real = await realPlace(source);
  return { ...(await planAt(real, name, wish)), source: real ?? source };
}

async function planAt(real: string | null, name: string, wish: SnapshotWish): Promise<Plan> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return no("it needs Linux and root");
  if (real === null || real === "/") return no("the root of the system cannot be exchanged for one");
  const mount = await findMount(real);
  if (mount === null) return no("findmnt does not say what is mounted there");
  if (!wish.oneFileSystem) {
    const other = (await readMounts()).find(({ point }) => point !== real && isWithin(real, point));
    if (other) return no(`another file system is mounted below it, on ${other.point}`);
  }
  switch (mount.fstype) {
    case "btrfs":
      return planBtrfs(real, `.${name}`, wish.oneFileSystem);
    case "zfs":
      return planZfs(mount, name);
    case "ext2":
    case "ext3":
    case "ext4":
    case "xfs":
      return planLvm({ ...mount, fstype: mount.fstype }, name, wish);
    default:
      return no(
        `its file system is ${mount.fstype}, and only btrfs, ZFS and logical volumes of LVM have them`,
      );
  }
}
