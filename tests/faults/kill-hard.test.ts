import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { backUp, type Job, jobEnded, jobUnderWay, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { askBorg, isLocked } from "../support/open-repository";
import { writeRandomTree } from "../support/random-tree";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-faults-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let repositoryId: string;
let planId: string;
let jobId: string;

beforeAll(async () => {
  stack = await startRealStack();
  machine = await startClientMachine(stack);
  repositoryId = await makeRepository(stack.bbs, machine.clientId);
  planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [source] });
});
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Each test begins in the middle of a backup of files that the repository has never seen. */
beforeEach(async () => {
  writeRandomTree(source, { megabytes: 400 });
  ({ jobId } = await stack.bbs.plans.run.mutate({ id: planId }));
  await jobUnderWay(stack.bbs, jobId, 5_000_000);
  expect(machine.borgPids()).not.toEqual([]);
});
afterEach(() => rmSync(source, { recursive: true, force: true }));

test("kill -9 of the agent: the job fails and says so, the next backup works", async () => {
  await machine.killHard();
  machine.start();
  const job = await endsTrue();
  expect(job.state).toBe("failed");
  expect(job.problem?.code).toBe("agent-restarted");
});

test("kill -9 of the web: the backup goes on and its result arrives", async () => {
  await stack.killHard("web");
  expect((await endsTrue()).state).toBe("succeeded");
});

test("kill -9 of the worker: the backup goes on and its archive is recorded", async () => {
  await stack.killHard("worker");
  expect((await endsTrue()).state).toBe("succeeded");
});

test("kill -9 of the keeper: the job ends in a true state", async () => {
  await stack.killHard("keeper");
  await endsTrue();
});

test("kill -9 of the listening sshd: the job ends in a true state", async () => {
  await stack.killHard("sshd");
  await endsTrue();
});

test("kill -9 of the SSH session: the job fails as a lost connection", async () => {
  await stack.killHard("sshd-session");
  const job = await endsTrue();
  expect(job.state).toBe("failed");
  expect(job.problem).toMatchObject({ code: expect.stringMatching(/^connection-/) });
});

test("kill -9 of PostgreSQL: the backup goes on and its result arrives", async () => {
  await stack.killHard("postgres");
  expect((await endsTrue()).state).toBe("succeeded");
});

/**
 * What must hold after every fault: the job ends, what it says is what borg's own list says, the lock is free, no borg is left, the
 * next backup works, and nothing stands anywhere twice.
 */
async function endsTrue(): Promise<Job> {
  const job = await jobEnded(stack.bbs, jobId, 120);
  const archiveName = "archiveName" in job.payload ? job.payload.archiveName : "";
  const names = await archiveNames();
  const committed = job.state === "succeeded" || job.state === "warned";
  expect(names.filter((name) => name === archiveName)).toHaveLength(committed ? 1 : 0);
  expect(machine.borgPids()).toEqual([]);
  await until("the lock is free", () => !isLocked(stack, machine.clientId, repositoryId), { seconds: 30 });

  const next = await backUp(stack.bbs, planId);
  expect(next.problem).toBeNull();
  expect(next.state).toBe("succeeded");

  const after = await archiveNames();
  expect(after).toHaveLength(new Set(after).size);
  expect(after).toHaveLength(names.length + 1);
  const ledger = async () =>
    (await stack.bbs.archives.list.query({ repositoryId, limit: 200 })).items.map((one) => one.name).sort();
  await until("the ledger has what borg has", async () => (await ledger()).length >= after.length);
  expect(await ledger()).toEqual(after);
  const active = await stack.bbs.jobs.list.query({ states: ["queued", "assigned", "running", "blocked"] });
  expect(active.items).toEqual([]);
  return job;
}

async function archiveNames(): Promise<string[]> {
  const listed = await askBorg(stack, machine.clientId, repositoryId, ["list", "--json", "::"]);
  const { archives } = JSON.parse(listed) as { archives: { name: string }[] };
  return archives.map((archive) => archive.name).sort();
}
