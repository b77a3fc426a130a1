import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BackupOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

const canMount = /\bbtrfs$/m.test(readFileSync("/proc/filesystems", "utf8"));
let lab: AgentLab;
let place: string;
let volume: string;

beforeAll(async () => {
  if (!canMount) return;
  place = mkdtempSync(join(tmpdir(), "bbs-snapshot-"));
  volume = join(place, "volume");
  mkdirSync(volume);
  execFileSync("truncate", ["-s", "200M", `${volume}.image`]);
  execFileSync("mkfs.btrfs", ["-q", `${volume}.image`]);
  execFileSync("mount", ["-o", "loop", `${volume}.image`, volume]);
  mkdirSync(join(volume, "data"));
  writeFileSync(join(volume, "data", "file"), "before");
  lab = await startAgentLab();
  await lab.enrol();
  lab.startAgent();
});
afterAll(async () => {
  if (!canMount) return;
  await lab?.stop();
  execFileSync("umount", ["-l", volume]);
  rmSync(place, { recursive: true, force: true });
});

async function backUp(jobId: string, more: Partial<BackupOrder>, source = join(volume, "data")) {
  lab.server.orders.push(lab.backupOrder(jobId, [source], { snapshot: "required", ...more }));
  return lab.server.end(jobId);
}

const snapshots = () => readdirSync(volume).filter((name) => name.startsWith(".bbs-"));
const content = (jobId: string, path: string) =>
  lab.borg("extract", "--stdout", `${lab.repository}::lab-${jobId}`, path.slice(1));

it.skipIf(!canMount)("makes no snapshot until the machine's policy says so", async () => {
  expect(await backUp("n1", {})).toMatchObject({ state: "failed", problem: { code: "snapshot-failed" } });
  changePolicy(lab, { snapshots: true });
});

it.skipIf(!canMount)(
  "reads one moment while files change, under their own paths, and leaves no snapshot",
  async () => {
    const file = join(volume, "data", "file");
    writeFileSync(join(volume, "data", "large"), Buffer.alloc(40_000_000, "x"));
    let changes = 0;
    const change = setInterval(() => writeFileSync(file, `during ${changes++}`), 1);
    const growing = setInterval(() => writeFileSync(join(volume, "data", `new-${changes}`), ""), 5);
    const ended = await backUp("s1", { compression: "lzma,1" });
    clearInterval(change);
    clearInterval(growing);
    expect(ended).toMatchObject({ state: "succeeded", result: { warnings: 0 } });
    const log = lab.server.log("s1").join("\n");
    expect(log).toContain("is read from a btrfs snapshot");
    expect(log).not.toContain("file changed while we backed it up");
    expect(content("s1", file)).toMatch(/^(before|during \d+)$/);
    expect(snapshots()).toEqual([]);
    const listed = lab.borg("list", "--short", `${lab.repository}::lab-s1`);
    expect(listed).toContain(`${volume.slice(1)}/data/file`);
    expect(listed).not.toContain(".bbs-snapshot");
  },
);

it.skipIf(!canMount)(
  "reads a source as it is where there can be no snapshot, or refuses if one is required",
  async () => {
    execFileSync("btrfs", ["-q", "subvolume", "create", join(volume, "data", "inner")]);
    writeFileSync(join(volume, "data", "inner", "deep"), "deep");
    const refused = await backUp("r1", {});
    expect(refused).toMatchObject({ state: "failed", problem: { code: "snapshot-failed" } });
    expect(refused.problem?.say).toContain("inner below it is a subvolume of its own");
    expect((await backUp("r2", { snapshot: "if-possible" })).state).toBe("succeeded");
    expect(content("r2", join(volume, "data", "inner", "deep"))).toBe("deep");
    expect(await backUp("r3", {}, lab.program)).toMatchObject({ problem: { code: "snapshot-failed" } });
    execFileSync("btrfs", ["-q", "subvolume", "delete", join(volume, "data", "inner")]);
    expect(snapshots()).toEqual([]);
  },
);

it.skipIf(!canMount)("removes the snapshot at its next start when it was killed in between", async () => {
  await lab.stopAgents();
  const agent = lab.startAgent();
  execFileSync("dd", ["if=/dev/urandom", `of=${volume}/data/random`, "bs=1M", "count=25"], {
    stdio: "ignore",
  });
  lab.server.orders.push(
    lab.backupOrder("k1", [join(volume, "data")], { snapshot: "required", compression: "lzma,9" }),
  );
  await until("borg reads", () =>
    lab.server.reports.some(({ jobId, report }) => jobId === "k1" && report.progress !== undefined),
  );
  expect(snapshots()).toHaveLength(1);
  agent.kill("SIGKILL");
  lab.startAgent();
  expect(await lab.server.end("k1")).toMatchObject({ problem: { code: "agent-restarted" } });
  await until("the snapshot is gone", () => snapshots().length === 0);
});
