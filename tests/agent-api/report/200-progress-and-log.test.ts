import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { listLog } from "~/server/jobs/list-log";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";

const line = (sequence: number, message = `line ${sequence}`) => ({
  sequence,
  at: "2026-11-23T02:00:00.000Z",
  level: "info" as const,
  message,
});

it("stores progress and each log line once, however often a batch comes", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  const progress = {
    ...{
      phase: "creating",
      files: 7,
      originalBytes: 9_000_000_000_000,
      compressedBytes: 2,
      deduplicatedBytes: 1,
    },
    ...{ totalBytes: null, totalFiles: null, currentPath: "etc/passwd", at: "2026-11-23T02:00:00.000Z" },
  };
  const batch = { startedAt: new Date().toISOString(), progress, log: [line(1), line(2)] };
  await reportOk(world, jobId, batch);
  await reportOk(world, jobId, batch);
  expect(await reportOk(world, jobId, { log: [line(2), line(3)] })).toMatchObject({
    acknowledged: false,
    cancel: false,
  });
  expect(await world.job(jobId)).toMatchObject({ state: "running", progress });
  const may = await authorize(world.admin(), "view", world.client.id);
  const log = await listLog(world.admin(), may, { jobId, limit: 100 });
  expect(log.lines.map((one) => one.message)).toEqual(["line 1", "line 2", "line 3"]);
});

it("takes what PostgreSQL would not: NUL, half a surrogate pair, a clock of the year 0", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  const odd = { ...line(1, "a\0b\uD800"), at: "0000-01-01T00:00:00.000Z" };
  await reportOk(world, jobId, { log: [odd] });
  await reportOk(world, jobId, { state: "failed", problem: { code: "borg-failed", say: "\0" } });
  expect(await world.job(jobId)).toMatchObject({ state: "failed", problem: { say: "\uFFFD" } });
});

it("keeps the first 20,000 lines of a machine that talks without end", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId, { log: [line(20_000), line(20_001)] });
  const [count] = await world.database.pool.sql`select count(*)::int as n from job_log_lines`;
  expect(count?.n).toBe(1);
});
