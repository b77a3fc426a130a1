import { describe, expect, it } from "vitest";
import { signIn } from "~/server/access/sign-in";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { recordDenial } from "~/server/journal/record-denial";
import { verifyJournal } from "~/server/journal/verify-journal";
import { later, TEST_START, testDatabase } from "~tests/support/database";
import { journalOf } from "~tests/support/journal";
import { personActor } from "~tests/support/person";
import { plainRestore } from "~tests/support/plain-restore";
import { smallFleet } from "~tests/support/small-fleet";
import { until } from "~tests/support/until";

const callerOf = (ctx: Ctx) => createCaller({ ...ctx, peer: "192.0.2.7" });

describe("the journal tells what changed, before and after", () => {
  it("of a client", async () => {
    const fleet = await smallFleet();
    const { database, admin } = fleet.world;
    const caller = callerOf(admin());
    const { clientId: id } = fleet.web;
    await caller.clients.rename({ id, name: "web-02" });
    await caller.clients.rename({ id, name: "web-02" });
    await caller.clients.remove({ id, typedName: "web-02" });
    const told = await journalOf(database, { clientId: id });
    expect(told.map(({ action }) => action)).toEqual([
      ...["client.created", "client.enrolment", "client.enrolled", "repository.created", "plan.created"],
      ...["client.renamed", "client.removed"],
    ]);
    expect(told.at(-2)).toMatchObject({
      ...{ actorKind: "user", actorName: "Ada Admin", say: "Renamed the client web-01 to web-02." },
      detail: { before: { name: "web-01" }, after: { name: "web-02" } },
    });
    expect(told.find(({ action }) => action === "client.enrolled")).toMatchObject({
      ...{ actorKind: "agent", actorId: id },
      detail: {
        before: null,
        after: { hostname: "web-01.example.test", policy: { restoreToOriginal: false } },
      },
    });
    expect(await verifyJournal(admin())).toMatchObject({ intact: true });
  });

  it("of a plan: only the fields that changed, what is kept apart", async () => {
    const fleet = await smallFleet();
    const { database, admin } = fleet.world;
    const caller = callerOf(admin());
    const { planId: id, clientId } = fleet.web;
    const { name, sources, excludes, compression, oneFileSystem, excludeCaches } = await caller.plans.get({
      id,
    });
    const same = {
      ...{ id, name, sources, excludes, compression, oneFileSystem, excludeCaches },
      ...{ repositoryId: fleet.web.repositoryId, keep: null },
    };
    await caller.plans.update(same);
    await caller.plans.update({ ...same, excludes: ["*.iso"] });
    await caller.plans.remove({ id, typedName: name });
    const told = (await journalOf(database, { clientId })).filter(({ action }) => action.startsWith("plan."));
    expect(told.map(({ action }) => action)).toEqual(["plan.created", "plan.changed", "plan.removed"]);
    expect(told[1]?.detail).toEqual({ planId: id, before: { excludes }, after: { excludes: ["*.iso"] } });
  });

  it("of backups, restores and jobs, with who asked", async () => {
    const fleet = await smallFleet();
    const { database, admin } = fleet.world;
    const { clientId, archiveId, queuedJobId, failedJobId, planId } = fleet.web;
    const caller = callerOf(admin());
    await caller.jobs.cancel({ id: queuedJobId });
    const { jobId } = await caller.plans.run({ id: planId });
    expect(await caller.plans.run({ id: planId })).toMatchObject({ already: true });
    await caller.jobs.cancel({ id: jobId });
    await caller.jobs.retry({ id: failedJobId });
    await caller.jobs.retry({ id: failedJobId });
    await database.pool.sql`update repositories set held_at = null`;
    await database.pool.sql`update vault_incidents set resolved_at = now()`;
    const paths = [Buffer.from("etc/\xff\0", "latin1").toString("base64"), btoa("etc/passwd")];
    await caller.restores.start(plainRestore(archiveId, paths, { kind: "restore-folder" }));
    const told = await journalOf(database, { clientId });
    expect(told.slice(5).map(({ action }) => action)).toEqual([
      ...["job.cancelled", "backup.started", "job.cancelled", "job.retried", "restore.started"],
    ]);
    expect(told.at(-1)?.detail).toMatchObject({
      parts: [{ archiveId, pathsNotNamed: 0, paths: [expect.anything(), "etc/passwd"] }],
    });
    expect(await verifyJournal(admin())).toMatchObject({ intact: true });
  });
});

describe("a refusal for want of permission", () => {
  async function viewer() {
    const fleet = await smallFleet();
    const { database } = fleet.world;
    const grants = [{ clientId: fleet.web.clientId, tag: null, permissions: ["view" as const] }];
    const actor = personActor({ grants });
    const caller = callerOf(database.ctx({ actor, now: new Date() }));
    return { fleet, caller, read: () => journalOf(database, { actorId: actor.userId }) };
  }

  it("is journaled with who, what, and which client", async () => {
    const { read, fleet, caller } = await viewer();
    await expect(caller.clients.rename({ id: fleet.web.clientId, name: "x" })).rejects.toThrow();
    await expect(caller.jobs.cancel({ id: fleet.web.queuedJobId })).rejects.toThrow();
    await until("two entries", async () => (await read()).length === 2);
    const told = await read();
    expect(told.map(({ action }) => action)).toEqual(["permission.denied", "permission.denied"]);
    expect(told.map(({ say }) => say).sort()).toEqual([
      "Was refused clients.rename (manage-clients).",
      "Was refused jobs.cancel (backup) with the client web-01.",
    ]);
    expect(told.find(({ clientId }) => clientId !== null)).toMatchObject({
      ...{ clientId: fleet.web.clientId, actorKind: "user" },
      detail: { asked: "jobs.cancel", permission: "backup", via: "session" },
    });
  });

  it("also for a client that this person may not even see, and not for an id that never was", async () => {
    const { fleet, caller, read } = await viewer();
    await expect(caller.clients.get({ id: fleet.db.clientId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(caller.clients.get({ id: "nosuchclient" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await until("an entry", async () => (await read()).length > 0);
    expect(await read()).toMatchObject([
      { clientId: fleet.db.clientId, say: "Was refused clients.get (view) with the client db-01." },
    ]);
  });

  it("does not fill the journal: after twenty in five minutes one more entry, then none", async () => {
    const database = await testDatabase();
    const actor = personActor();
    const denial = { asked: "clients.get", action: "view", clientId: null };
    const deny = (now: Date) => recordDenial({ ...database.nobodyCtx(now), actor }, denial);
    const told = () => journalOf(database, { actorId: actor.userId });
    await Promise.all(Array.from({ length: 30 }, () => deny(TEST_START)));
    await deny(TEST_START);
    expect(await told()).toHaveLength(21);
    expect((await told()).at(-1)?.say).toContain("More of them are not written down");
    await deny(later({ minutes: 4 }));
    expect(await told()).toHaveLength(21);
    await deny(later({ minutes: 6 }));
    expect(await told()).toHaveLength(22);
  });
});

it("tells of failed sign-ins by address and tried account, as many as are let through, never of a password", async () => {
  const database = await testDatabase();
  const wrong = { email: "eve@example.test", password: "hunter2hunter2", peer: "192.0.2.9", device: "curl" };
  const tryIn = (given: typeof wrong) => expect(signIn(database.nobodyCtx(), given)).rejects.toThrow();
  for (let n = 0; n < 8; n++) await tryIn(wrong);
  await tryIn({ ...wrong, email: "my secret password", peer: "192.0.2.10" });
  const told = await journalOf(database, {});
  expect(told.filter(({ action }) => action === "sign-in.failed")).toHaveLength(6);
  expect(told[0]).toMatchObject({
    ...{ actorKind: "nobody", say: "Could not sign in as eve@example.test." },
    detail: { email: "eve@example.test", userId: null, address: "192.0.2.9", device: "curl" },
  });
  expect(JSON.stringify(told)).not.toMatch(/hunter2|my secret/);
});
