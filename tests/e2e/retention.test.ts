import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

/** Retention from the backup to the trash and back, with the real keeper, worker, agent and borg. */
const work = mkdtempSync(join(tmpdir(), "bbs-retention-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let planId: string;
const made: string[] = [];

beforeAll(async () => {
  mkdirSync(source);
  stack = await startRealStack();
  machine = await startClientMachine(stack);
  const { clientId } = machine;
  const repositoryId = await makeRepository(stack.bbs, clientId);
  const keep = { last: 1, withinHours: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
  planId = await makePlan(stack.bbs, { clientId, repositoryId, sources: [source], keep });
});
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Backs up, and waits until what follows it has ended: the audit, then retention. */
async function backUpAndPrune(n: number): Promise<string> {
  writeFileSync(join(source, "letter"), `letter ${n}`);
  const job = await backUp(stack.bbs, planId);
  expect(job.state).toBe("succeeded");
  const archive = await archiveOf(stack.bbs, job.id);
  const ofRun = async () => (await stack.bbs.jobs.list.query({ runId: job.runId })).items;
  await until("retention has ended", async () =>
    (await ofRun()).some((one) => one.kind === "prune" && one.endedAt !== null),
  );
  expect((await ofRun()).map((one) => [one.kind, one.state]).sort()).toEqual([
    ["backup", "succeeded"],
    ["prune", "succeeded"],
  ]);
  return archive.id;
}

const idsIn = async (trashed: boolean) =>
  (await stack.bbs.archives.list.query({ planId, trashed })).items.map((row) => row.id);

test("keeps the newest and what the floor keeps, and moves the rest to the trash", async () => {
  for (let n = 0; n < 6; n++) made.push(await backUpAndPrune(n));
  const [first, , , ...newest] = made;
  // The rules ask for one; the newest three and the first of the week are never removed.
  expect((await idsIn(false)).sort()).toEqual([first, ...newest].sort());
  expect((await idsIn(true)).sort()).toEqual([made[1], made[2]].sort());
  const { items } = await stack.bbs.journal.list.query({ limit: 50 });
  expect(items.filter((entry) => entry.action === "archives.prune")).not.toHaveLength(0);
});

test("what is in the trash is whole, says until when, and comes back for good once it is protected", async () => {
  const [, second] = made;
  const id = second ?? "";
  const row = await stack.bbs.archives.get.query({ id });
  expect(row.trashEndsAt?.getTime()).toBe((row.trashedAt?.getTime() ?? 0) + 7 * 86_400_000);
  const path = Buffer.from(source.slice(1)).toString("base64");
  const { entries } = await stack.bbs.archives.folder.query({ id, path });
  expect(entries.map((entry) => Buffer.from(entry.name, "base64").toString())).toEqual(["letter"]);

  const back = await stack.bbs.archives.bringBack.mutate({ id });
  expect((await jobEnded(stack.bbs, back.jobId)).state).toBe("succeeded");
  const kept = await stack.bbs.archives.protect.mutate({ id, protected: true });
  expect((await jobEnded(stack.bbs, kept.jobId)).state).toBe("succeeded");
  await backUpAndPrune(6);
  expect(await idsIn(false)).toContain(id);
  expect((await idsIn(true)).sort()).toEqual([made[2], made[3]].sort());
});

test("a compaction before the window is over is refused by the keeper, and nothing is lost", async () => {
  const before = await idsIn(true);
  const [row] = (await stack.bbs.archives.list.query({ planId, limit: 1 })).items;
  const { jobId } = await stack.bbs.vault.compact.mutate({ repositoryId: row?.repositoryId ?? "" });
  const job = await jobEnded(stack.bbs, jobId);
  expect(job).toMatchObject({ state: "failed", problem: { code: "not-allowed" } });
  expect(await idsIn(true)).toEqual(before);
});
