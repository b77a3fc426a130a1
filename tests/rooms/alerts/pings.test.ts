import { expect, it } from "vitest";
import { hasDeadMan, queueAlive, queuePings } from "~/server/alerts/queue-pings";
import { newId } from "~/server/db/new-id";
import { alertWorld, receiver } from "~tests/support/alert-world";
import { later } from "~tests/support/database";

async function pinged() {
  const world = await alertWorld();
  const hook = await receiver();
  await world.channel({ kind: "ping", url: `${hook.url}/uuid?x=1`, planId: world.planId });
  const runId = newId();
  const at = (minutes: number) => later({ minutes });
  return {
    world,
    runId,
    at,
    backup: (
      minutes: number,
      state: "running" | "succeeded" | "warned" | "failed" | "cancelled",
      more = {},
    ) =>
      world.job({
        ...{ runId, state, createdAt: at(minutes), assignedAt: at(minutes) },
        ...(state === "running" ? {} : { endedAt: at(minutes + 1) }),
        ...more,
      }),
    audit: (minutes: number, state: "queued" | "succeeded" | "warned", more = {}) =>
      world.job({
        ...{ runId, state, kind: "audit", executor: "worker", lane: "storage", createdAt: at(minutes) },
        ...(state === "queued" ? {} : { endedAt: at(minutes + 1) }),
        ...more,
      }),
    /** The paths that were called since the last time. */
    async calls(minutes: number) {
      await queuePings(world.database.workerCtx(at(minutes)));
      await queuePings(world.database.workerCtx(at(minutes)));
      await world.send(minutes);
      return hook.got.splice(0).map((got) => got.path);
    },
    sql: world.database.pool.sql,
  };
}

it("pings a plan's start, and its success only when the audit after it was clean, each once", async () => {
  const { backup, audit, calls, sql, at } = await pinged();
  expect(await calls(1)).toEqual([]);
  const id = await backup(2, "running");
  expect(await calls(3)).toEqual(["/uuid/start?x=1"]);
  await sql`update jobs set state = 'succeeded', ended_at = ${at(4).toISOString()} where id = ${id}`;
  const auditId = await audit(4, "queued");
  expect(await calls(5)).toEqual([]);
  await sql`update jobs set state = 'succeeded', ended_at = ${at(6).toISOString()} where id = ${auditId}`;
  expect(await calls(7)).toEqual(["/uuid?x=1"]);
  expect(await calls(8)).toEqual([]);
});

it("pings a failure when the audit was not clean, though the agent called it a success", async () => {
  const { backup, audit, calls } = await pinged();
  await backup(2, "succeeded");
  await audit(4, "warned");
  expect((await calls(7)).sort()).toEqual(["/uuid/fail?x=1", "/uuid/start?x=1"]);
});

it("never pings success where no audit has been", async () => {
  const { backup, calls } = await pinged();
  await backup(2, "succeeded");
  expect((await calls(7)).sort()).toEqual(["/uuid/fail?x=1", "/uuid/start?x=1"]);
});

it("counts the last try of a run, and waits while another one is queued", async () => {
  const { world, backup, audit, calls, sql, at } = await pinged();
  const first = await backup(2, "failed");
  const again = await backup(5, "running", { retryOf: first, state: "queued", assignedAt: null });
  expect(await calls(6)).toEqual([]);
  await sql`update jobs set state = 'succeeded', assigned_at = ${at(7).toISOString()}, ended_at = ${at(8).toISOString()} where id = ${again}`;
  await audit(8, "succeeded");
  expect((await calls(10)).sort()).toEqual(["/uuid/start?x=1", "/uuid?x=1"]);
  expect(world.planId).toBeTruthy();
});

it("pings nothing of a backup that a person cancelled", async () => {
  const { backup, audit, calls } = await pinged();
  await backup(2, "cancelled", { assignedAt: null });
  await audit(3, "succeeded");
  expect(await calls(7)).toEqual([]);
});

it("tells a dead man's switch that the server lives, as often as it asks", async () => {
  const world = await alertWorld();
  const hook = await receiver();
  const alive = async (minutes: number) => {
    const ctx = world.database.workerCtx(later({ minutes }));
    await Promise.all([queueAlive(ctx), queueAlive(ctx)]);
    await world.send(minutes);
    return hook.got.splice(0).map((got) => got.path);
  };
  expect(await hasDeadMan(world.database.ctx())).toBe(false);
  expect(await alive(0)).toEqual([]);
  await world.channel({ kind: "ping", url: `${hook.url}/me`, everyMinutes: 5 });
  expect(await hasDeadMan(world.database.ctx())).toBe(true);
  expect(await alive(1)).toEqual(["/me"]);
  expect(await alive(3)).toEqual([]);
  expect(await alive(6)).toEqual(["/me"]);
});
