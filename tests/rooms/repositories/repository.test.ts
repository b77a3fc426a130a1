import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { repositories } from "~/server/db/schema/repositories";
import { openRepository, retryRepository } from "~/server/maintenance/open-repository";
import { getRepository } from "~/server/repositories/get-repository";
import { listRepositories } from "~/server/repositories/list-repositories";
import { markFailed, markReady } from "~/server/repositories/mark-repository";
import { openRepositoryAccess } from "~/server/repositories/open-repository-access";
import { openPassphrase } from "~/server/repositories/passphrase";
import { renderUrl } from "~/server/repositories/render-url";
import { testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const client = await enrolledClient(ctx, "web-01");
  const may = await authorize(ctx, "manage-repositories", client.id);
  return { database, ctx, client, may };
}

describe("opening a repository", () => {
  it("writes row and job together, with a passphrase of 160 bits that is sealed", async () => {
    const { ctx, may } = await ready();
    const { id, jobId } = await openRepository(ctx, may, { name: "main", quotaBytes: 1e10 });
    const [row] = await ctx.db.select().from(repositories);
    expect(row).toMatchObject({ id, state: "creating", quotaBytes: 1e10 });
    const passphrase = await openPassphrase(ctx, id);
    expect(Buffer.from(passphrase, "base64url")).toHaveLength(20);
    expect(row?.passphraseSealed).not.toContain(passphrase);
    const [job] = await ctx.db.select().from(jobs).where(eq(jobs.id, jobId));
    expect(job).toMatchObject({ kind: "create-repository", repositoryId: id, executor: "worker" });
    expect(JSON.stringify(job)).not.toContain(passphrase);
  });

  it("queues no job when the name is taken, in any case of letters", async () => {
    const { ctx, may } = await ready();
    await openRepository(ctx, may, { name: "Main", quotaBytes: null });
    await expect(openRepository(ctx, may, { name: "main", quotaBytes: null })).rejects.toMatchObject({
      code: "name-taken",
    });
    expect(await ctx.db.select().from(jobs).where(eq(jobs.kind, "create-repository"))).toHaveLength(1);
  });

  it("is tried again with the same passphrase, only after it failed", async () => {
    const { ctx, may } = await ready();
    const { id } = await openRepository(ctx, may, { name: "main", quotaBytes: null });
    await expect(retryRepository(ctx, may, { id })).rejects.toMatchObject({ code: "repository-in-use" });
    await markFailed(ctx, { repositoryId: id, problem: "The disk is full." });
    const passphrase = await openPassphrase(ctx, id);
    const { jobId } = await retryRepository(ctx, may, { id });
    expect(jobId).toBeTruthy();
    expect(await openPassphrase(ctx, id)).toBe(passphrase);
    await markReady(ctx, { repositoryId: id, borgId: "a".repeat(64) });
    await markFailed(ctx, { repositoryId: id, problem: "late" });
    const [row] = await ctx.db.select().from(repositories);
    expect(row).toMatchObject({ state: "ready", problem: null });
  });
});

describe("a passphrase", () => {
  it("does not open when it was copied to another repository's row", async () => {
    const { ctx, client } = await ready();
    const one = await readyRepository(ctx, client.id, "one");
    const two = await readyRepository(ctx, client.id, "two");
    const [row] = await ctx.db.select().from(repositories).where(eq(repositories.id, one.id));
    await ctx.db
      .update(repositories)
      .set({ passphraseSealed: row?.passphraseSealed ?? "" })
      .where(eq(repositories.id, two.id));
    await expect(openPassphrase(ctx, two.id)).rejects.toThrow(/belongs to another row/);
    await expect(openPassphrase(ctx, one.id)).resolves.toBeTruthy();
  });

  it("reaches an order with the pinned host key and the account of the machine that connects", async () => {
    const { ctx, client } = await ready();
    const other = await enrolledClient(ctx, "web-02");
    const { id } = await readyRepository(ctx, client.id);
    const access = await openRepositoryAccess(ctx, { repositoryId: id, clientId: other.id });
    expect(access).toMatchObject({ path: `/~/repos/${id}`, ssh: { user: `bbs-${other.id}` } });
    expect(access.ssh.hostKeys).toHaveLength(1);
  });
});

describe("a repository", () => {
  it("is shown with its URL, plans and counts, to those who may see its client", async () => {
    const { ctx, client } = await ready();
    const { id } = await readyRepository(ctx, client.id);
    const { id: planId } = await plan(ctx, client.id, id);
    const details = await getRepository(ctx, await authorize(ctx, "view", client.id), { id });
    expect(details).toMatchObject({
      url: `ssh://bbs-${client.id}@backup.example.test:2222/~/repos/${id}`,
      plans: [{ id: planId, name: "System" }],
      planCount: 1,
      archiveCount: 0,
      busyJobId: null,
      clientName: "web-01",
    });
    const other = await enrolledClient(ctx, "web-02");
    await expect(getRepository(ctx, await authorize(ctx, "view", other.id), { id })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("is listed by client and name, a page at a time", async () => {
    const { ctx, client } = await ready();
    const other = await enrolledClient(ctx, "db-01");
    for (const name of ["b", "A"]) await readyRepository(ctx, client.id, name);
    await readyRepository(ctx, other.id, "z");
    const first = await listRepositories(ctx, { limit: 2 });
    const second = await listRepositories(ctx, { limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["z", "A", "b"]);
    expect(second.nextCursor).toBeNull();
    const own = await listRepositories(ctx, { clientId: other.id, limit: 50 });
    expect(own.items.map(({ name }) => name)).toEqual(["z"]);
  });

  it("has a URL that borg reads, also on an IPv6 host", () => {
    expect(renderUrl({ user: "u", host: "2001:db8::1", port: 22 }, "abc")).toBe(
      "ssh://u@[2001:db8::1]:22/~/repos/abc",
    );
  });
});
