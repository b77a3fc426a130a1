import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { startClientMachine } from "../support/client-machine";
import { plainRestore } from "../support/plain-restore";
import { type RealStack, startRealStack } from "../support/real-stack";
import { serverHome } from "../support/server-home";
import { until } from "../support/until";

const asRoot = process.getuid?.() === 0;
const name = `bbstest-${Math.random().toString(36).slice(2, 10)}`;
const home = join(serverHome(), name);
const work = mkdtempSync(join(tmpdir(), "bbs-no-root-"));
let account: { uid: number; gid: number; home: string };
let stack: RealStack;

beforeAll(async () => {
  if (!asRoot) return;
  execFileSync("/usr/sbin/useradd", ["-m", "-d", home, "-s", "/bin/sh", "-p", "*", name]);
  const { uid, gid } = statSync(home);
  account = { uid, gid, home };
  stack = await startRealStack({ as: account });
});
afterAll(async () => {
  await stack?.stop();
  if (asRoot) execFileSync("/usr/sbin/userdel", ["-rf", name], { stdio: "ignore" });
  rmSync(work, { recursive: true, force: true });
});

test.runIf(asRoot)(
  "without root a machine is backed up and a file comes back, all under one account",
  async () => {
    writeFileSync(join(work, "letter"), "Dear reader\n");
    for (const program of ["web", "worker", "keeper", "sshd", "postgres"] as const)
      for (const pid of stack.pids(program)) expect(statSync(`/proc/${pid}`).uid, program).toBe(account.uid);
    const machine = await startClientMachine(stack);
    try {
      const repositoryId = await makeRepository(stack.bbs, machine.clientId);
      const planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [work] });
      const backup = await backUp(stack.bbs, planId);
      expect(backup).toMatchObject({ state: "succeeded", problem: null });
      const archive = await archiveOf(stack.bbs, backup.id);
      const target = { kind: "restore-folder" as const };
      const { jobId } = await stack.bbs.restores.start.mutate(plainRestore(archive.id, [], target));
      expect(await jobEnded(stack.bbs, jobId)).toMatchObject({ state: "succeeded" });
      expect(readFileSync(join(machine.restoreFolder, jobId, work, "letter"), "utf8")).toBe("Dear reader\n");
    } finally {
      await machine.stop();
    }
  },
);

test.runIf(asRoot)("without root the console says which protections are off", async () => {
  const read = () => stack.bbs.system.status.query();
  await until("the keeper has reported", async () => (await read()).root !== null);
  const status = await read();
  expect(status.root).toBe(false);
  const off = status.protections.filter((one) => !one.on).map((one) => one.name);
  expect(off).toEqual(expect.arrayContaining(["separate-accounts", "root-owned-keys"]));
});
