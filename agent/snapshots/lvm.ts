import { mkdir, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { pause } from "../backoff";
import { isNoSuchFile } from "../durable-file";
import { parseJson } from "../parse-json";
import { askProgram, troubleOf } from "../run-program";
import { type FoundMount, isMounted } from "./find-mount";
import { isOurs, no, type Plan, type SnapshotRecord } from "./snapshot";

type LvmRecord = Extract<SnapshotRecord, { kind: "lvm" }>;
type LvmMount = FoundMount & { fstype: "ext2" | "ext3" | "ext4" | "xfs" };

/** Names of groups and volumes as lvm(8) takes them. */
const NAME = /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$/;
/** How often a mount that is still busy is given up again, half a second apart: borg has ended, its threads may not have. */
const UNMOUNT_TRIES = 10;

const report = z.object({
  report: z.array(z.object({ lv: z.array(z.record(z.string(), z.string())).optional() })).min(1),
});

/**
 * A snapshot of a logical volume, mounted read-only. It takes its own room in the group: how much, the machine's policy says, because one that
 * runs full is lost in the middle of the backup. Thin, RAID and cache volumes have ways of their own and get none.
 */
export async function planLvm(
  mount: LvmMount,
  name: string,
  wish: { lvmSnapshotMib: number | null; mountFolder: string },
): Promise<Plan> {
  if (!/^\/dev\//.test(mount.source)) return no(`${mount.source} is no logical volume`);
  const fields = "vg_name,lv_name,lv_attr,segtype,vg_free";
  const rows = await listVolumes(fields, mount.source);
  if (typeof rows === "string") return no(`${mount.source} is no logical volume that lvs knows (${rows})`);
  const [first] = rows;
  const { vg_name: group = "", lv_name: origin = "" } = first ?? {};
  if (!NAME.test(group) || !NAME.test(origin)) return no(`lvs does not say which volume ${mount.source} is`);
  // One row per segment of the volume.
  const plain = rows.every(
    (row) =>
      row.vg_name === group &&
      row.lv_name === origin &&
      /^[-o]/.test(row.lv_attr ?? "") &&
      ["linear", "striped"].includes(row.segtype ?? ""),
  );
  if (!plain)
    return no(
      `${group}/${origin} is no plain logical volume (thin, RAID and cache volumes are not supported)`,
    );
  if (mount.fsroot !== "/") return no(`only a folder of ${group}/${origin} is mounted there`);
  const mib = wish.lvmSnapshotMib;
  if (mib === null) return no('the policy of this machine gives snapshots of LVM no room ("lvmSnapshotMib")');
  const free = Math.floor(Number(first?.vg_free));
  if (!(free >= mib))
    return no(`the group ${group} has ${free || 0} MiB free, and the policy wants ${mib} MiB for it`);
  const record: LvmRecord = { kind: "lvm", group, origin, name, mountedOn: join(wish.mountFolder, name) };
  return {
    possible: true,
    snapshot: {
      record,
      ...{ volume: `lvm ${group}/${origin}`, top: mount.target, root: record.mountedOn },
      make: () => make(record, mount.fstype, mib),
      spoilt: () => spoilt(record),
    },
  };
}

async function make(record: LvmRecord, fstype: LvmMount["fstype"], mib: number): Promise<string | null> {
  const { group, origin, name, mountedOn } = record;
  await mkdir(mountedOn, { recursive: true, mode: 0o700 });
  const made = await askProgram({
    command: "lvcreate",
    args: ["--snapshot", `--size=${mib}m`, `--name=${name}`, "--", `${group}/${origin}`],
  });
  const trouble = troubleOf(made);
  if (trouble !== null) return trouble;
  // XFS refuses a second file system with the identity of one that is mounted.
  const options = ["ro", "nosuid", "nodev", "noexec", ...(fstype === "xfs" ? ["nouuid"] : [])].join(",");
  const args = ["-t", fstype, "-o", options, "--", `/dev/${group}/${name}`, mountedOn];
  return troubleOf(await askProgram({ command: "mount", args }));
}

/** One that ran full is invalid: what borg read after that moment are errors, or nothing. */
async function spoilt({ group, name }: LvmRecord): Promise<string | null> {
  const rows = await listVolumes("lv_attr,snap_percent", `${group}/${name}`);
  if (typeof rows === "string") return `lvs does not say whether it is still whole (${rows})`;
  const [row] = rows;
  const whole = row?.lv_attr?.charAt(4) === "a" && Number(row.snap_percent) < 100;
  return whole
    ? null
    : "more changed meanwhile than there was room for. Raise lvmSnapshotMib in the machine's policy";
}

/**
 * Unmounts and removes it. One that is not there (any more) is fine, and nothing is removed that is not a snapshot of the recorded volume.
 * Answers why it is still there, or null.
 */
export async function removeLvm(record: LvmRecord): Promise<string | null> {
  const { group, origin, name, mountedOn } = record;
  if (![group, origin].every((one) => NAME.test(one)) || !isOurs(name) || basename(mountedOn) !== name) {
    return "It is none of ours.";
  }
  const trouble = await unmount(mountedOn);
  if (trouble !== null) return trouble;
  const rows = await listVolumes("lv_name,lv_attr,origin", group);
  if (typeof rows === "string") return rows;
  const found = rows.find((row) => row.lv_name === name);
  if (found === undefined) return null;
  if (!/^s/i.test(found.lv_attr ?? "") || found.origin !== origin) {
    return `${group}/${name} is no snapshot of ${origin}.`;
  }
  const args = ["--force", "--yes", "--", `${group}/${name}`];
  return troubleOf(await askProgram({ command: "lvremove", args }));
}

async function unmount(folder: string): Promise<string | null> {
  for (let tries = 1; await isMounted(folder); tries++) {
    const trouble = troubleOf(await askProgram({ command: "umount", args: ["--", folder] }));
    if (trouble !== null && tries === UNMOUNT_TRIES) return trouble;
    if (trouble !== null) await pause(500);
  }
  return rmdir(folder).then(
    () => null,
    (error: Error) => (isNoSuchFile(error) ? null : error.message),
  );
}

/** Rows of `lvs`, sizes in MiB; or why there are none. */
async function listVolumes(fields: string, which: string): Promise<Record<string, string>[] | string> {
  const args = ["--reportformat=json", "--units=m", "--nosuffix", `--options=${fields}`, "--", which];
  const end = await askProgram({ command: "lvs", args });
  const trouble = troubleOf(end);
  if (trouble !== null) return trouble;
  const parsed = report.safeParse(parseJson(end.stdout.toString("utf8")));
  if (!parsed.success) return "its answer could not be read";
  return parsed.data.report.flatMap(({ lv }) => lv ?? []);
}
