import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { createEnrolmentToken } from "~/server/clients/create-enrolment-token";
import { findAgent } from "~/server/clients/find-agent";
import type { Ctx } from "~/server/context";
import { agentKeys, clients, enrolmentTokens } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { admitMachine } from "~/server/maintenance/admit-machine";
import { retireMachine } from "~/server/maintenance/retire-machine";
import { later, testDatabase } from "~tests/support/database";
import { reportNode, TEST_MACHINE, TEST_POLICY, testPublicKey } from "~tests/support/fleet";

const machine = { machine: TEST_MACHINE, policy: TEST_POLICY };

async function waiting(ctx: Ctx, name = "web-01") {
  const { id } = await createClient(ctx, { name });
  const may = await authorize(ctx, "manage-clients", id);
  const { token } = await createEnrolmentToken(ctx, may);
  return { id, may, token };
}

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  return { database, ctx };
}

const enrol = (ctx: Ctx, token: string) =>
  admitMachine(ctx, { token, sshPublicKey: testPublicKey(), ...machine });

describe("enrolling a machine", () => {
  it("makes it the client, gives its key once and queues its account", async () => {
    const { database, ctx } = await ready();
    const { id, token } = await waiting(ctx);
    const key = testPublicKey();
    const admitted = await admitMachine(database.nobodyCtx(), {
      token,
      sshPublicKey: `${key} root@x`,
      ...machine,
    });
    expect(admitted).toMatchObject({
      clientId: id,
      clientName: "web-01",
      ssh: { user: `bbs-${id}`, port: 2222 },
    });
    expect(admitted.ssh.hostKeys).toHaveLength(1);
    expect(await findAgent(ctx, admitted.apiKey)).toEqual({ kind: "agent", clientId: id });
    const [client] = await ctx.db.select().from(clients);
    expect(client).toMatchObject({ enrolledAt: ctx.now, sshPublicKey: key, machine: TEST_MACHINE });
    expect(await ctx.db.select().from(jobs)).toMatchObject([
      { kind: "provision-client", state: "queued", clientId: id },
    ]);
    const stored = JSON.stringify([
      await ctx.db.select().from(agentKeys),
      await ctx.db.select().from(enrolmentTokens),
    ]);
    expect(stored).not.toContain(admitted.apiKey);
    expect(stored).not.toContain(token);
  });

  it("refuses a token that was used", async () => {
    const { ctx } = await ready();
    const { token } = await waiting(ctx);
    const { apiKey } = await enrol(ctx, token);
    await expect(enrol(ctx, token)).rejects.toMatchObject({ code: "enrolment-token-used" });
    expect(await findAgent(ctx, apiKey)).not.toBeNull();
  });

  it("lets one of five machines in that come with one token at the same moment", async () => {
    const { ctx } = await ready();
    const { token } = await waiting(ctx);
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(() => enrol(ctx, token)));
    expect(answers.filter((answer) => answer.status === "fulfilled")).toHaveLength(1);
    expect(await ctx.db.select().from(agentKeys)).toHaveLength(1);
    expect(await ctx.db.select().from(jobs)).toHaveLength(1);
  });

  it("refuses a token after 24 hours", async () => {
    const { database, ctx } = await ready();
    const { token } = await waiting(ctx);
    await expect(enrol(database.nobodyCtx(later({ hours: 24 })), token)).rejects.toMatchObject({
      code: "enrolment-token-expired",
    });
  });

  it("refuses a token that never was, one that was replaced and one of a removed client", async () => {
    const { ctx } = await ready();
    const { token, may } = await waiting(ctx);
    const newer = await createEnrolmentToken(ctx, may);
    const invalid = { code: "enrolment-token-invalid" };
    await expect(enrol(ctx, "bbse_guess")).rejects.toMatchObject(invalid);
    await expect(enrol(ctx, token)).rejects.toMatchObject(invalid);
    await retireMachine(ctx, may, { typedName: "web-01" });
    await expect(enrol(ctx, newer.token)).rejects.toMatchObject(invalid);
  });

  it("does not use the token up while the storage node is unknown", async () => {
    const database = await testDatabase();
    const ctx = database.ctx();
    const { token } = await waiting(ctx);
    await expect(enrol(ctx, token)).rejects.toMatchObject({ code: "storage-unavailable" });
    await reportNode(ctx);
    await expect(enrol(ctx, token)).resolves.toBeTruthy();
  });

  it("again ends the key of the machine before", async () => {
    const { ctx } = await ready();
    const { token, may, id } = await waiting(ctx);
    const first = await enrol(ctx, token);
    const again = await createEnrolmentToken(ctx, may);
    expect(await findAgent(ctx, first.apiKey)).not.toBeNull();
    const second = await enrol(ctx, again.token);
    expect(second.clientId).toBe(id);
    expect(await findAgent(ctx, first.apiKey)).toBeNull();
    expect(await findAgent(ctx, second.apiKey)).not.toBeNull();
  });
});

describe("removing a client", () => {
  it("wants the exact name, then ends its key at once and keeps the row for its repositories", async () => {
    const { ctx } = await ready();
    const { token, may, id } = await waiting(ctx, "Web 01");
    const { apiKey } = await enrol(ctx, token);
    for (const typedName of ["web 01", "", "Web"]) {
      await expect(retireMachine(ctx, may, { typedName })).rejects.toMatchObject({ code: "invalid-input" });
    }
    expect(await findAgent(ctx, apiKey)).not.toBeNull();
    const { jobId } = await retireMachine(ctx, may, { typedName: "Web 01" });
    expect(await findAgent(ctx, apiKey)).toBeNull();
    expect((await ctx.db.select().from(jobs).where(eq(jobs.id, jobId)))[0]?.kind).toBe("remove-client");
    expect((await ctx.db.select().from(clients).where(eq(clients.id, id)))[0]?.removedAt).toEqual(ctx.now);
    await expect(retireMachine(ctx, may, { typedName: "Web 01" })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
