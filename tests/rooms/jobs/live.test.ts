import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { followChanges } from "~/server/follow-changes";
import { type JobEvent, watchJob } from "~/server/jobs/watch-job";
import { agentWorld, goodEnd, pollOk, reportOk } from "~tests/support/agent-world";

const line = (sequence: number) => ({
  ...{ sequence, at: "2026-11-23T02:00:00.000Z", level: "info" as const, message: `line ${sequence}` },
});

it("follows a job from its state to its end, each log line once and in order", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId, { log: [line(1), line(2)] });
  const may = await authorize(world.admin(), "view", world.client.id);
  const events: JobEvent[] = [];
  const watching = (async () => {
    for await (const event of watchJob(world.admin(), may, { jobId })) events.push(event);
  })();
  for (let i = 3; i < 9; i++) await reportOk(world, jobId, { log: [line(i)] });
  await reportOk(world, jobId, { ...goodEnd("a"), log: [line(9)] });
  await watching;
  const lines = events.flatMap((event) => (event.type === "log" ? event.lines : []));
  expect(lines.map((one) => one.message)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `line ${n}`));
  const states = events.flatMap((event) => (event.type === "job" ? [event.job.state] : []));
  expect(states.at(-1)).toBe("succeeded");
});

it("goes on after the last line that is known", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId, { ...goodEnd("a"), log: [line(1), line(2), line(3)] });
  const may = await authorize(world.admin(), "view", world.client.id);
  const events: JobEvent[] = [];
  for await (const event of watchJob(world.admin(), may, { jobId, after: "1-2" })) events.push(event);
  const lines = events.flatMap((event) => (event.type === "log" ? event.lines : []));
  expect(lines.map((one) => one.message)).toEqual(["line 3"]);
});

it("tells a flood of changes as few, and ends with the request and with the process", async () => {
  const world = await agentWorld();
  const asking = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const change of followChanges(world.admin(), { signal: asking.signal }))
      seen.push(`${change.entity} ${change.id}`);
  })();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const jobId = await world.startBackup();
  await pollOk(world);
  for (let i = 0; i < 30; i++) await reportOk(world, jobId);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(seen).toContain(`job ${jobId}`);
  expect(seen.length).toBeLessThan(25);
  asking.abort();
  await following;

  const stopped = (async () => {
    for await (const _ of followChanges(world.admin(), {})) return;
  })();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const hooks = globalThis as typeof globalThis & { bbsOnShutdown?: Set<() => void> };
  for (const stop of hooks.bbsOnShutdown ?? []) stop();
  await stopped;
});
