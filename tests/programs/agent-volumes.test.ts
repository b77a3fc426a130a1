import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BackupOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";
import { makeVolumeStandIns, type VolumeStandIns } from "~tests/support/volume-stand-ins";

/** Snapshots of LVM and ZFS, with stand-ins for their programs under the agent as it is shipped. Needs root and mount namespaces. */
const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
let lab: AgentLab;
let stand: VolumeStandIns;
let data: string;

beforeAll(async () => {
  if (!mayMount) return;
  lab = await startAgentLab();
  await lab.enrol();
  stand = makeVolumeStandIns(lab.folder);
  data = join(stand.volume, "data");
  writeFileSync(join(stand.volume, "other"), "of the same volume");
  lab.startAgent(stand.under);
});
afterAll(() => lab?.stop());

function standFor(kind: "lvm" | "zfs", fstype = kind === "zfs" ? "zfs" : "xfs") {
  writeFileSync(join(data, "file"), "before");
  stand.set("source", kind === "zfs" ? "tank/data" : "/dev/mapper/vg0-data");
  stand.set("fstype", fstype);
  stand.told();
}

async function backUp(jobId: string, more: Partial<BackupOrder> = {}, sources = [data]) {
  lab.server.orders.push(lab.backupOrder(jobId, sources, { snapshot: "required", ...more }));
  return lab.server.end(jobId);
}

const content = (jobId: string) =>
  lab.borg("extract", "--stdout", `${lab.repository}::lab-${jobId}`, join(data, "file").slice(1)).trim();
const archives = () => lab.borg("list", "--short", lab.repository);
const live = () => readFileSync(join(data, "file"), "utf8").trim();

it.skipIf(!mayMount)("asks no program for a snapshot until the machine's policy says so", async () => {
  standFor("lvm");
  expect(await backUp("n1")).toMatchObject({ state: "failed", problem: { code: "snapshot-failed" } });
  expect(stand.told()).toEqual([]);
  changePolicy(lab, { snapshots: true });
  const without = await backUp("n2");
  expect(without.problem?.say).toContain('no room ("lvmSnapshotMib")');
  expect(stand.told().some((line) => line.startsWith("lvcreate"))).toBe(false);
  changePolicy(lab, { lvmSnapshotMib: 512 });
});

it.skipIf(!mayMount)(
  "reads a logical volume as it was at one moment, under its own paths, and unmounts and removes the snapshot",
  async () => {
    standFor("lvm");
    const ended = await backUp("l1", {}, [data, join(stand.volume, "other")]);
    expect(ended).toMatchObject({ state: "succeeded", result: { warnings: 0 } });
    expect([content("l1"), live()]).toEqual(["before", "after"]);
    const mountedOn = join(lab.dir, "state", "snapshots", "bbs-snapshot-l1-1");
    const made = stand.told().filter((line) => !/^(findmnt|lvs)/.test(line));
    expect(made).toEqual([
      "lvcreate --snapshot --size=512m --name=bbs-snapshot-l1-1 -- vg0/data",
      `mount -t xfs -o ro,nosuid,nodev,noexec,nouuid -- /dev/vg0/bbs-snapshot-l1-1 ${mountedOn}`,
      `umount -- ${mountedOn}`,
      "lvremove --force --yes -- vg0/bbs-snapshot-l1-1",
    ]);
    expect(stand.snapshots()).toEqual([]);
    expect(lab.server.log("l1").join("\n")).toContain("is read from a snapshot of its logical volume");
  },
);

it.skipIf(!mayMount)("is no success when the snapshot ran full while it was read", async () => {
  standFor("lvm", "ext4");
  stand.set("percent", "100.00");
  const ended = await backUp("l3");
  // XFS alone has that option.
  expect(stand.told().join("\n")).toContain("mount -t ext4 -o ro,nosuid,nodev,noexec -- /dev/vg0/");
  stand.set("percent", "3.10");
  expect(ended).toMatchObject({
    state: "failed",
    problem: { code: "snapshot-failed" },
    result: { archive: { name: "lab-l3" } },
  });
  expect(ended.problem?.say).toContain("Raise lvmSnapshotMib");
  expect(stand.snapshots()).toEqual([]);
});

it.skipIf(!mayMount)(
  "makes no archive when a required snapshot cannot be made, and leaves nothing",
  async () => {
    standFor("lvm");
    stand.set("broken", "");
    const ended = await backUp("f1");
    expect(ended).toMatchObject({ state: "failed", problem: { code: "snapshot-failed" } });
    expect(ended.problem?.say).toContain("Insufficient free space");
    expect(stand.told().some((line) => /^(mount|lvremove)/.test(line))).toBe(false);
    expect((await backUp("f2", { snapshot: "if-possible" })).state).toBe("succeeded");
    expect(lab.server.log("f2").join("\n")).toContain("It is read as it is.");
    standFor("zfs");
    const empty = await backUp("f3");
    expect(empty.problem?.say).toContain("does not show the snapshot");
    stand.set("broken", null);
    expect(archives()).not.toMatch(/lab-f[13]/);
    expect(stand.snapshots()).toEqual([]);
  },
);

it.skipIf(!mayMount)("makes none of a volume or file system that it does not know", async () => {
  for (const [jobId, fstype, segtype, why] of [
    ["u1", "xfs", "thin", "no plain logical volume"],
    ["u2", "bcachefs", "linear", "its file system is bcachefs"],
  ] as const) {
    standFor("lvm", fstype);
    stand.set("segtype", segtype);
    const ended = await backUp(jobId);
    expect(ended.problem?.say).toContain(why);
    expect(stand.told().some((line) => line.startsWith("lvcreate"))).toBe(false);
  }
  stand.set("segtype", "linear");
  standFor("lvm");
  changePolicy(lab, { lvmSnapshotMib: 4096 });
  expect((await backUp("u3")).problem?.say).toContain("2048 MiB free, and the policy wants 4096 MiB");
  changePolicy(lab, { lvmSnapshotMib: 512 });
});

it.skipIf(!mayMount)("reads a ZFS dataset through its snapshot, and destroys exactly that one", async () => {
  standFor("zfs");
  stand.set("volumes", "tank/data@bbs-snapshot-z1-10\n");
  expect(await backUp("z1")).toMatchObject({ state: "succeeded", result: { warnings: 0 } });
  expect([content("z1"), live()]).toEqual(["before", "after"]);
  const made = stand.told().filter((line) => !/^(findmnt|zfs list)/.test(line));
  expect(made).toEqual([
    "zfs snapshot tank/data@bbs-snapshot-z1-1",
    "zfs destroy tank/data@bbs-snapshot-z1-1",
  ]);
  expect(stand.snapshots()).toEqual(["tank/data@bbs-snapshot-z1-10"]);
  stand.set("volumes", "");
});

it.skipIf(!mayMount)(
  "removes at its next start what it left when it was killed, and nothing else",
  async () => {
    await lab.stopAgents();
    execFileSync("dd", ["if=/dev/urandom", `of=${data}/random`, "bs=1M", "count=25"], { stdio: "ignore" });
    standFor("lvm");
    const agent = lab.startAgent(stand.under);
    lab.server.orders.push(lab.backupOrder("k1", [data], { snapshot: "required", compression: "lzma,9" }));
    await until("borg reads", () =>
      lab.server.reports.some(({ jobId, report }) => jobId === "k1" && report.progress !== undefined),
    );
    expect(stand.snapshots()).toEqual(["bbs-snapshot-k1-1 data"]);
    agent.kill("SIGKILL");
    stand.set("volumes", "bbs-snapshot-k1-1 data\nbbs-snapshot-k1-2 data\nsomebodys data\n");
    lab.startAgent(stand.under);
    expect(await lab.server.end("k1")).toMatchObject({ problem: { code: "agent-restarted" } });
    await until("the snapshot is gone", () => stand.snapshots().length === 2);
    expect(stand.snapshots()).toEqual(["bbs-snapshot-k1-2 data", "somebodys data"]);
  },
);
