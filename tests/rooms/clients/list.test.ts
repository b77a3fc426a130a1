import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { getClient } from "~/server/clients/get-client";
import { listClients } from "~/server/clients/list-clients";
import { markProvisionFailed } from "~/server/clients/mark-provisioned";
import { recordHeartbeat } from "~/server/clients/record-heartbeat";
import { renameClient } from "~/server/clients/rename-client";
import { retireMachine } from "~/server/maintenance/retire-machine";
import { saveSchedule } from "~/server/schedules/save-schedule";
import { later, testDatabase } from "~tests/support/database";
import {
  enrolledClient,
  plan,
  readyRepository,
  reportNode,
  TEST_MACHINE,
  TEST_POLICY,
} from "~tests/support/fleet";

const NIGHTLY = { zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null };

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  return { database, ctx };
}

const names = (page: { items: { name: string }[] }) => page.items.map(({ name }) => name);

describe("a client's name", () => {
  it("is taken in any case of letters, until the client is removed", async () => {
    const { ctx } = await ready();
    const { id } = await createClient(ctx, { name: "Web-01" });
    await expect(createClient(ctx, { name: "web-01" })).rejects.toMatchObject({ code: "name-taken" });
    const other = await createClient(ctx, { name: "db-01" });
    const mayOther = await authorize(ctx, "manage-clients", other.id);
    await expect(renameClient(ctx, mayOther, { name: "WEB-01" })).rejects.toMatchObject({
      code: "name-taken",
    });
    await renameClient(ctx, mayOther, { name: "DB-01" });
    const may = await authorize(ctx, "manage-clients", id);
    await retireMachine(ctx, may, { typedName: "Web-01" });
    await expect(createClient(ctx, { name: "web-01" })).resolves.toBeTruthy();
  });

  it("goes to one of two who ask for it at the same moment", async () => {
    const { ctx } = await ready();
    const answers = await Promise.allSettled(["a", "A", "a"].map((name) => createClient(ctx, { name })));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a client's state", () => {
  it("follows the machine from waiting to offline", async () => {
    const { database, ctx } = await ready();
    await createClient(ctx, { name: "waiting" });
    const online = await enrolledClient(ctx, "online");
    const failed = await enrolledClient(ctx, "failed");
    await markProvisionFailed(ctx, { clientId: failed.id, problem: "The disk is full." });
    await enrolledClient(ctx, "no borg", { borgVersion: null });
    await enrolledClient(ctx, "old borg", { borgVersion: "1.1.16" });
    await enrolledClient(ctx, "new borg", { borgVersion: "1.4.0" });
    const states = async (now?: Date) =>
      Object.fromEntries(
        (await listClients(database.ctx({ now }), { limit: 50 })).items.map(({ name, state }) => [
          name,
          state,
        ]),
      );
    const expected = {
      waiting: "waiting",
      online: "online",
      failed: "problem",
      "no borg": "problem",
      "old borg": "problem",
      "new borg": "online",
    };
    expect(await states()).toEqual(expected);
    expect((await states(later({ seconds: 74 }))).online).toBe("online");
    expect((await states(later({ seconds: 75 }))).online).toBe("offline");
    await recordHeartbeat(database.ctx({ now: later({ minutes: 5 }) }), {
      clientId: (await authorize(ctx, "view", online.id)).clientId,
      machine: TEST_MACHINE,
      policy: TEST_POLICY,
    });
    expect(await states(later({ minutes: 5 }))).toMatchObject({ online: "online", "new borg": "offline" });
    const problem = async (id: string) => (await getClient(ctx, await authorize(ctx, "view", id))).problem;
    expect(await problem(failed.id)).toBe("The disk is full.");
    expect(await problem(online.id)).toBeNull();
  });

  it("can be asked for", async () => {
    const { ctx } = await ready();
    await createClient(ctx, { name: "waits" });
    await enrolledClient(ctx, "here");
    expect(names(await listClients(ctx, { state: "waiting", limit: 50 }))).toEqual(["waits"]);
    expect(names(await listClients(ctx, { state: "online", limit: 50 }))).toEqual(["here"]);
  });
});

describe("the list of clients", () => {
  it("gives every client once, by name, a page at a time", async () => {
    const { ctx } = await ready();
    for (const name of ["b", "A", "d", "C", "e"]) await createClient(ctx, { name });
    const first = await listClients(ctx, { limit: 2 });
    const second = await listClients(ctx, { limit: 2, cursor: first.nextCursor });
    const third = await listClients(ctx, { limit: 2, cursor: second.nextCursor });
    expect([names(first), names(second), names(third)]).toEqual([["A", "b"], ["C", "d"], ["e"]]);
    expect(third.nextCursor).toBeNull();
  });

  it("finds by part of the name or the host name, wild cards taken literally", async () => {
    const { ctx } = await ready();
    await createClient(ctx, { name: "100% web" });
    await createClient(ctx, { name: "1000 web" });
    await enrolledClient(ctx, "other", { hostname: "web-77.example.test" });
    expect(names(await listClients(ctx, { search: "100%", limit: 50 }))).toEqual(["100% web"]);
    expect(names(await listClients(ctx, { search: "WEB-7", limit: 50 }))).toEqual(["other"]);
  });

  it("counts what belongs to each client", async () => {
    const { ctx } = await ready();
    const { id } = await enrolledClient(ctx, "web-01");
    const other = await enrolledClient(ctx, "web-02");
    const { id: repositoryId } = await readyRepository(ctx, id);
    await readyRepository(ctx, id, "second");
    await plan(ctx, id, repositoryId);
    const { items } = await listClients(ctx, { limit: 50 });
    expect(items[0]).toMatchObject({
      id,
      repositoryCount: 2,
      planCount: 1,
      sizeBytes: null,
      lastBackup: null,
    });
    expect(items[1]).toMatchObject({ id: other.id, repositoryCount: 0, planCount: 0 });
  });
});

describe("the list of clients by next run", () => {
  it("gives every client once, the next to begin first, those without one last and by name", async () => {
    const { ctx, database } = await ready();
    const hours: Record<string, number | null> = { late: 9, Z: null, soon: 1, a: null, mid: 4 };
    for (const [name, after] of Object.entries(hours)) {
      const { id } = await enrolledClient(ctx, name);
      const { id: repositoryId } = await readyRepository(ctx, id);
      const { id: planId } = await plan(ctx, id, repositoryId);
      if (after === null) continue;
      await saveSchedule(
        ctx,
        { purpose: "backup", clientId: id, planId },
        { schedule: { ...NIGHTLY, timing: { kind: "daily", times: ["01:00"] } }, name: "it" },
      );
      await database.pool.sql`update schedules set next_run_at = ${later({ hours: after }).toISOString()}
        where plan_id = ${planId}`;
    }
    await database.pool.sql`update schedules set enabled = false, paused_at = now() where client_id in
      (select id from clients where name = 'mid')`;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listClients>> = await listClients(ctx, {
        ...{ sort: "next-run" as const, limit: 2, cursor },
      });
      seen.push(...names(page));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(["soon", "late", "a", "mid", "Z"]);
    const { items } = await listClients(ctx, { limit: 9 });
    expect(items.map(({ name, nextRunAt, pausedAt }) => [name, nextRunAt, pausedAt !== null])).toEqual([
      ["a", null, false],
      ["late", later({ hours: 9 }), false],
      ["mid", null, true],
      ["soon", later({ hours: 1 }), false],
      ["Z", null, false],
    ]);
  });
});
