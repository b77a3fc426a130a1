import { expect, it } from "vitest";
import type { Actor } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { signedInAs } from "~tests/support/acting-people";
import { type SmallFleet, smallFleet } from "~tests/support/small-fleet";
import { until } from "~tests/support/until";

const callerOf = ({ world }: SmallFleet, actor: Actor = world.database.admin) =>
  createCaller({ ...world.admin(), actor, peer: null });

const stateOf = async ({ world }: SmallFleet, id: string) => {
  const [row] = await world.database.pool.sql`select state from jobs where id = ${id}`;
  return row?.state;
};

const onWeb = (fleet: SmallFleet, ...permissions: ("view" | "backup")[]) =>
  signedInAs(fleet.world.database, {
    grants: [{ clientId: fleet.web.clientId, tag: null, permissions }],
  });

it("cancels many jobs at once and tells of each that was left why", async () => {
  const fleet = await smallFleet();
  const { web, db } = fleet;
  const answer = await callerOf(fleet).jobs.cancelMany({
    ids: [web.queuedJobId, web.failedJobId, db.queuedJobId, web.queuedJobId],
  });
  expect(answer).toEqual({
    done: 2,
    left: [{ id: web.failedJobId, code: "job-ended", say: "This job has already ended." }],
  });
  expect([await stateOf(fleet, web.queuedJobId), await stateOf(fleet, db.queuedJobId)]).toEqual([
    "cancelled",
    "cancelled",
  ]);
});

it("asks about each job's own client: another's job is answered as one that never was, and noted", async () => {
  const fleet = await smallFleet();
  const { web, db } = fleet;
  const never = newId();
  const caller = callerOf(fleet, await onWeb(fleet, "view", "backup"));
  const answer = await caller.jobs.cancelMany({ ids: [db.queuedJobId, never, web.queuedJobId] });
  expect(answer.done).toBe(1);
  expect(answer.left.map(({ code, say }) => ({ code, say }))).toEqual([
    { code: "not-found", say: "There is no such job." },
    { code: "not-found", say: "There is no such job." },
  ]);
  expect(await stateOf(fleet, db.queuedJobId)).toBe("queued");
  await until("the denial is journaled", async () => {
    const [row] = await fleet.world.database.pool.sql`
      select 1 from journal_entries where action = 'permission.denied' and say like '%jobs.cancelMany%'`;
    return row !== undefined;
  });
});

it("lets nobody cancel or repeat what they may only see", async () => {
  const fleet = await smallFleet();
  const { web } = fleet;
  const caller = callerOf(fleet, await onWeb(fleet, "view"));
  const cancelled = await caller.jobs.cancelMany({ ids: [web.queuedJobId] });
  const again = await caller.jobs.retryMany({ ids: [web.failedJobId] });
  expect([cancelled.left[0]?.code, again.left[0]?.code]).toEqual(["forbidden", "forbidden"]);
  expect(await stateOf(fleet, web.queuedJobId)).toBe("queued");
});

it("tries many again, each once however often it is asked", async () => {
  const fleet = await smallFleet();
  const { web, db } = fleet;
  const ids = [web.failedJobId, db.failedJobId];
  const caller = callerOf(fleet);
  expect(await caller.jobs.retryMany({ ids })).toEqual({ done: 2, left: [] });
  expect(await caller.jobs.retryMany({ ids })).toEqual({ done: 2, left: [] });
  const again = await fleet.world.database.pool.sql`
    select retry_of as of, priority from jobs where retry_of in (${web.failedJobId}, ${db.failedJobId})`;
  expect(again.map(({ of }) => of).sort()).toEqual([...ids].sort());
  // A person asked: before the calendar.
  expect(new Set(again.map(({ priority }) => priority))).toEqual(new Set([80]));
});

it("takes no more at once than a page shows", async () => {
  const fleet = await smallFleet();
  const ids = Array.from({ length: 201 }, () => newId());
  await expect(callerOf(fleet).jobs.cancelMany({ ids })).rejects.toThrow();
});
