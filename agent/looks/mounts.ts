import { execFile } from "node:child_process";
import { readIfThere } from "../durable-file";

export type Mount = { point: string; type: string; device: string; isBind: boolean };

/** Kinds of file systems that hold a machine's own data. */
const DATA_TYPES = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs nilfs2 vfat exfat ntfs ntfs3 fuseblk hfsplus apfs ufs".split(
    " ",
  ),
);
/** Kinds whose server may be away: a call into one can wait for ever. */
const DISTANT = /^(nfs|nfs4|cifs|smb3|smbfs|ceph|glusterfs|9p|virtiofs|afs|autofs|fuse(\..*)?)$/;

/** What is mounted here; nothing where the system does not tell (it is Linux that does). Later mounts hide earlier ones at one point. */
export async function readMounts(): Promise<Mount[]> {
  return parseMounts((await readIfThere("/proc/self/mountinfo")) ?? "");
}

/** Reads proc(5), mountinfo. */
export function parseMounts(text: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [, , device = "", root = "", point] = before.split(" ");
    const [type = ""] = after.split(" ");
    if (point === undefined) continue;
    const plain = point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    // btrfs mounts its subvolumes by their roots; elsewhere another root than the top is a part shown a second time.
    mounts.set(plain, { point: plain, type, device, isBind: root !== "/" && type !== "btrfs" });
  }
  return [...mounts.values()];
}

export function holdsData(mount: Mount): boolean {
  return DATA_TYPES.has(mount.type) && !mount.isBind;
}

export function mayHang(mount: Mount): boolean {
  return DISTANT.test(mount.type);
}

/** The file system on which a path lies, by its mount; undefined where none is known. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const base = mount.point === "/" ? "" : mount.point;
    const holds = path === mount.point || path.startsWith(`${base}/`);
    if (holds && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

/** Milliseconds after which a file system whose server is elsewhere counts as away. */
const ANSWER_MS = 4000;

/**
 * Whether a distant file system answers. Asked by a process of its own: a call that waits for ever in this one would take one of the few
 * threads that all files of the agent go through, its backups' too.
 */
export function answers(mount: Mount): Promise<boolean> {
  return new Promise((resolve) => {
    const child = execFile(
      "stat",
      ["--", mount.point],
      { timeout: ANSWER_MS, killSignal: "SIGKILL" },
      (error) => resolve(error === null),
    );
    // A process that hangs in the kernel cannot be killed: it is not waited for.
    setTimeout(() => resolve(false), ANSWER_MS + 500).unref();
    child.unref();
  });
}
