import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { until } from "~tests/support/until";

let lab: AgentLab;
beforeEach(async () => {
  lab = await startAgentLab();
});
afterEach(() => lab.stop());

/** A file that takes borg many seconds (compressed hard), so that something can happen in between. */
function slowSource(): { sources: string[]; compression: string } {
  const folder = join(lab.folder, "slow");
  mkdirSync(folder);
  execFileSync("dd", ["if=/dev/urandom", `of=${folder}/data`, "bs=1M", "count=25"], { stdio: "ignore" });
  return { sources: [folder], compression: "lzma,9" };
}

const running = (jobId: string) => () =>
  lab.server.reports.some(
    (entry) => entry.jobId === jobId && (entry.report.progress?.originalBytes ?? 0) > 0,
  );

/** Processes of this lab's borg and ssh, by the folder in their command line. */
function borgProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        return line.includes(lab.folder) && /borg/.test(line) && !line.includes("bbs-agent.mjs");
      } catch {
        return false;
      }
    });
}

const lockIsFree = () =>
  !existsSync(join(lab.repository, "lock.exclusive")) ||
  readdirSync(join(lab.repository, "lock.exclusive")).length === 0;

async function nextBackupWorks(jobId: string): Promise<void> {
  lab.server.orders.push(lab.backupOrder(jobId, ["/etc/hostname"]));
  expect((await lab.server.end(jobId)).state).toBe("succeeded");
}

it("says nothing to a server with another certificate, not even the token", async () => {
  const { code, complaint } = await lab.agent(
    "enroll",
    ...["--server", lab.server.url, "--token", "secret", "--tls-fingerprint", "ab".repeat(32)],
  );
  expect(code).toBe(1);
  expect(complaint).toContain("another certificate");
  expect(lab.server.requests).toEqual([]);
  const unpinned = await lab.agent("enroll", "--server", lab.server.url, "--token", "secret");
  expect(unpinned.complaint).toContain("is not trusted");
  const plain = await lab.agent("enroll", "--server", "http://backup.example.com", "--token", "secret");
  expect(plain.complaint).toContain("not encrypted");
  expect(lab.server.requests).toEqual([]);
});

it.each([
  ["enrolment-token-used", 409, "was used before"],
  ["enrolment-token-expired", 410, "has expired"],
  ["enrolment-token-invalid", 403, "does not know this enrolment token"],
  ["protocol-unsupported", 426, "Download the agent anew"],
])("explains %s and leaves nothing half enrolled", async (refused, status, words) => {
  lab.server.onEnrol = () => ({ status, body: { error: { code: refused, say: "Refused." } } });
  const args = [
    "enroll",
    "--server",
    lab.server.url,
    "--token",
    "t",
    "--tls-fingerprint",
    lab.server.fingerprint,
  ];
  const { code, complaint } = await lab.agent(...args);
  expect(code).toBe(1);
  expect(complaint).toContain(words);
  expect(existsSync(join(lab.dir, "config.json"))).toBe(false);
  expect(existsSync(join(lab.dir, "id_ed25519"))).toBe(false);
});

it("enrols twice only when told so, and keeps the policy", async () => {
  await lab.enrol("--read-path", "/etc");
  const key = readFileSync(join(lab.dir, "id_ed25519.pub"), "utf8");
  await expect(lab.enrol()).rejects.toThrow("already enrolled as lab");
  await lab.enrol("--again");
  expect(readFileSync(join(lab.dir, "id_ed25519.pub"), "utf8")).not.toBe(key);
  expect(JSON.parse(readFileSync(join(lab.dir, "policy.json"), "utf8")).readPaths).toEqual(["/etc"]);
  for (const file of ["config.json", "id_ed25519", "policy.json"]) {
    expect(execFileSync("stat", ["-c", "%a", join(lab.dir, file)], { encoding: "utf8" }).trim()).toBe("600");
  }
});

it("cancels: borg really ends, the lock is free, and only then it is reported", async () => {
  await lab.enrol();
  lab.startAgent();
  lab.server.orders.push({ ...lab.backupOrder("c1", []), ...slowSource() });
  await until("borg works", running("c1"));
  expect(borgProcesses().length).toBeGreaterThan(0);
  let left: number[] | null = null;
  lab.server.onReport = (_jobId, report) => {
    if (report.state === "cancelled") left ??= borgProcesses();
    return undefined;
  };
  lab.server.cancel.add("c1");
  const end = await lab.server.end("c1");
  expect(end).toMatchObject({ state: "cancelled", problem: { code: "cancelled" } });
  expect(left).toEqual([]);
  await until("the lock is free", lockIsFree, { seconds: 5 });
  lab.server.cancel.clear();
  await nextBackupWorks("c2");
});

it("killed hard in the middle of a backup: the next start ends borg, says so, and the next backup works", async () => {
  await lab.enrol();
  const agent = lab.startAgent();
  lab.server.orders.push({ ...lab.backupOrder("k1", []), ...slowSource() });
  await until("borg works", running("k1"));
  agent.kill("SIGKILL");
  await until("the agent is gone", () => agent.signalCode !== null);
  const record = readFileSync(join(lab.dir, "state/running/k1.json"), "utf8");
  expect(record).not.toContain("passphrase");
  lab.startAgent();
  const end = await lab.server.end("k1");
  expect(end).toMatchObject({ state: "failed", problem: { code: "agent-restarted" }, lease: 1 });
  expect(borgProcesses()).toEqual([]);
  await until("the lock is free", lockIsFree, { seconds: 20 });
  await nextBackupWorks("k2");
  await until("nothing is noted as running", () => readdirSync(join(lab.dir, "state/running")).length === 0);
});

it("stopped as a service in the middle of a backup: ends borg, reports, leaves nothing behind", async () => {
  await lab.enrol();
  lab.startAgent();
  lab.server.orders.push({ ...lab.backupOrder("s1", []), ...slowSource() });
  await until("borg works", running("s1"));
  await lab.stopAgents();
  expect(borgProcesses()).toEqual([]);
  expect(await lab.server.end("s1", 5)).toMatchObject({
    state: "failed",
    problem: { code: "agent-restarted" },
  });
});

it("keeps a result over an answer that got lost, a dead server and its own death, until it is acknowledged", async () => {
  await lab.enrol();
  const agent = lab.startAgent();
  lab.server.onReport = (_jobId, report) => (report.state === "running" ? undefined : "cut");
  lab.server.orders.push(lab.backupOrder("a1", ["/etc/hostname"]));
  await lab.server.end("a1");
  await lab.server.fall();
  const kept = join(lab.dir, "state/results/a1.json");
  expect(readFileSync(kept, "utf8")).not.toContain("passphrase");
  agent.kill("SIGKILL");
  await until("the agent is gone", () => agent.signalCode !== null);
  lab.server.onReport = () => undefined;
  lab.server.reports.splice(0);
  lab.startAgent();
  await lab.server.rise();
  const end = await lab.server.end("a1");
  expect(end).toMatchObject({ state: "succeeded", result: { kind: "backup" } });
  await until("the result is forgotten", () => !existsSync(kept));
  expect(lab.borg("list", "--short", lab.repository).trim()).toBe("lab-a1");
});

it("goes on with a backup while the server is away, and tells it afterwards", async () => {
  await lab.enrol();
  lab.startAgent();
  lab.server.orders.push({ ...lab.backupOrder("d1", []), ...slowSource() });
  await until("borg works", running("d1"));
  await lab.server.fall();
  await until("the archive is made", () => existsSync(join(lab.dir, "state/results/d1.json")), {
    seconds: 90,
  });
  await lab.server.rise();
  expect(await lab.server.end("d1")).toMatchObject({ state: "succeeded" });
  expect(lab.server.reports.filter((entry) => entry.report.state === "succeeded")).toHaveLength(1);
});

it("stops a job whose lease is another's, and reports nothing more", async () => {
  await lab.enrol();
  lab.startAgent();
  lab.server.orders.push({ ...lab.backupOrder("l1", []), ...slowSource() });
  await until("borg works", running("l1"));
  lab.server.onReport = () => ({
    status: 409,
    body: { error: { code: "stale-lease", say: "Given to another." } },
  });
  await until("borg has ended", () => borgProcesses().length === 0, { seconds: 40 });
  await until("it is idle", () => lab.server.polls.at(-1)?.freeLanes.includes("backup") === true);
  expect(lab.server.polls.at(-1)?.holding).toEqual([]);
  expect(lab.server.reports.every((entry) => entry.report.state === "running")).toBe(true);
});

it("restores while a backup runs", async () => {
  await lab.enrol();
  lab.startAgent();
  lab.server.orders.push(lab.backupOrder("x1", ["/etc/hostname"]));
  const first = await lab.server.end("x1");
  if (first.result?.kind !== "backup" || !first.result.archive) throw new Error("no archive");
  lab.server.orders.push({ ...lab.backupOrder("x2", []), ...slowSource() });
  await until("borg works", running("x2"));
  lab.server.orders.push(lab.restoreOrder("x3", first.result.archive));
  const restored = await lab.server.end("x3");
  expect(restored.state, restored.problem?.say).toBe("succeeded");
  expect(lab.server.reports.some((entry) => entry.jobId === "x2" && entry.report.state !== "running")).toBe(
    false,
  );
});

it("refuses to run twice on one folder, and shows what it is doing", async () => {
  await lab.enrol();
  expect((await lab.agent("status")).code).toBe(3);
  lab.startAgent();
  await until("it polls", () => lab.server.polls.length > 1);
  const second = await lab.agent("serve");
  expect(second).toMatchObject({ code: 1 });
  expect(second.complaint).toContain("already runs");
  const shown = await lab.agent("status");
  expect(shown).toMatchObject({ code: 0 });
  expect(shown.out).toContain("Working   on nothing");
  lab.server.onReport = () => ({ status: 404, body: { error: { code: "not-found", say: "No such job." } } });
  const doctor = await lab.agent("doctor", "--json");
  const findings: { check: string; state: string; say: string }[] = JSON.parse(doctor.out).findings;
  expect(findings.filter(({ state }) => state === "failed")).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(["server", "clock", "ssh", "policy"]),
  );
});
