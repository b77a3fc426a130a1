import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { env } from "~/env";
import { createCaller } from "~/server/api/root";
import { clients } from "~/server/db/schema/clients";
import { getSystemStatus } from "~/server/system/get-system-status";
import { recordNodeStatus } from "~/server/system/record-node-status";
import { later, testDatabase } from "~tests/support/database";
import { reportNode } from "~tests/support/fleet";

describe("the status of the server", () => {
  it("is unknown until the storage node has reported, then what it said last", async () => {
    const database = await testDatabase();
    const ctx = database.ctx();
    expect(await getSystemStatus(ctx)).toMatchObject({
      root: null,
      borgVersion: null,
      storage: null,
      workerSeenAt: null,
    });
    await reportNode(ctx);
    const now = later({ seconds: 30 });
    const status = {
      root: false,
      borgVersion: null,
      sshHostKeys: [],
      protections: [],
      freeBytes: 1,
      totalBytes: 2,
    };
    await recordNodeStatus(database.workerCtx(now), { status });
    expect(await getSystemStatus(ctx)).toMatchObject({
      root: false,
      borgVersion: null,
      storage: { freeBytes: 1, totalBytes: 2, at: now },
      workerSeenAt: now,
    });
  });
});

describe("a new client", () => {
  it("is not made when there is no agent to hand out", async () => {
    const database = await testDatabase();
    const caller = createCaller({ ...database.ctx(), peer: null });
    const folder = await mkdtemp(join(tmpdir(), "bbs-releases-"));
    const before = env().releases;
    env().releases = folder;
    onTestFinished(async () => {
      env().releases = before;
      await rm(folder, { recursive: true });
    });
    await expect(caller.clients.create({ name: "web-01" })).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
    });
    expect(await database.pool.db.select().from(clients)).toEqual([]);
    await writeFile(join(folder, "bbs-agent.mjs"), "agent");
    await writeFile(join(folder, "install.sh"), "installer");
    const { id, enrolment } = await caller.clients.create({ name: "web-01" });
    expect(enrolment.command).toMatch(/ && curl .* && echo .* && .* sh install.sh .* --token bbse_/);
    expect(enrolment.byHand).toHaveLength(5);
    expect(enrolment.expiresAt).toEqual(later({ hours: 24 }));
    expect((await caller.clients.get({ id })).enrolment).toEqual({ expiresAt: enrolment.expiresAt });
    const again = await caller.clients.newEnrolment({ id });
    expect(again.command).not.toBe(enrolment.command);
  });
});
