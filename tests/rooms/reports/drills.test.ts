import { createHmac, randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { verifyCertificate } from "~/cli/verify-certificate";
import type { UserActor } from "~/domain/permission";
import type { PlanDrill } from "~/domain/plan-options";
import type { SampleResult } from "~/protocol/sample";
import { authorize } from "~/server/access/authorize";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { readObjectives } from "~/server/alerts/read-objectives";
import { newId } from "~/server/db/new-id";
import { jobSamples, jobs } from "~/server/db/schema/jobs";
import { plans } from "~/server/db/schema/plans";
import { certificates } from "~/server/db/schema/reports";
import { repositories } from "~/server/db/schema/repositories";
import { archiveLedger } from "~/server/db/schema/vault";
import { claimJob } from "~/server/jobs/claim-job";
import { carryOutDrill } from "~/server/reports/carry-out-drill";
import { getCertificate } from "~/server/reports/get-certificate";
import { listCertificates } from "~/server/reports/list-certificates";
import { restoreTime } from "~/server/reports/restore-time";
import { ensureCertificateKey } from "~/server/reports/signing-key";
import { queueDueDrills } from "~/server/restores/drills/queue-due-drills";
import { requestDrill, requestPlanDrill } from "~/server/restores/drills/request-drill";
import { boundKeeper } from "~/worker/bound-keeper";
import { type AlertWorld, alertWorld } from "~tests/support/alert-world";
import { later } from "~tests/support/database";
import { personActor } from "~tests/support/person";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";
import { tarOf } from "~tests/support/tar-of";

const SALT = Buffer.alloc(32, 3);
const DAY = 24 * 60;
const MONTHLY: PlanDrill = { everyDays: 30, scope: "random", files: 5, canaries: ["/etc/canary"] };
const FILES = { "etc/canary": "a canary", "etc/hosts": "127.0.0.1 localhost", "etc/odd": "odd" };

const hashOf = (contents: string) => createHmac("sha256", SALT).update(contents).digest("hex");

function sampleOf(files: Record<string, string>, more: Partial<SampleResult> = {}): SampleResult {
  return {
    ...{ seed: "ab".repeat(16), salt: SALT.toString("base64"), withoutHash: [], dropped: 0 },
    files: Object.entries(files).map(([path, contents]) => ({
      ...{ path: btoa(path), bytes: contents.length, hash: hashOf(contents) },
      ...(path === "etc/canary" ? { canary: true as const } : {}),
    })),
    ...more,
  };
}

const NODE_STATUS = {
  ...{ root: true, borgVersion: "1.2.4", sshHostKeys: [], protections: [], freeBytes: 1, totalBytes: 2 },
};

interface DrillWorld extends AlertWorld {
  /** An archive that a backup made, with its sample (null: an older agent). */
  drillable(minutes?: number, sample?: SampleResult | null): Promise<string>;
  policy(drill: PlanDrill | null): Promise<void>;
  drills(): Promise<(typeof jobs.$inferSelect)[]>;
  end(change?: Partial<typeof jobs.$inferInsert>): Promise<void>;
}

async function drillWorld(): Promise<DrillWorld> {
  const world = await alertWorld();
  const { db } = world.database.pool;
  return {
    ...world,
    async drillable(minutes = 0, sample = sampleOf(FILES)) {
      const jobId = await world.job({ kind: "backup", state: "succeeded", endedAt: later({ minutes }) });
      if (sample) await db.insert(jobSamples).values({ jobId, sample });
      return world.archive(minutes, {
        borgId: randomBytes(32).toString("hex"),
        jobId,
        originalBytes: 1e9,
        fileCount: 1000,
      });
    },
    async policy(drill) {
      const [plan] = await db.select().from(plans).where(eq(plans.id, world.planId));
      await db
        .update(plans)
        .set({ options: { ...plan?.options, drill } as typeof plans.$inferSelect.options })
        .where(eq(plans.id, world.planId));
    },
    drills: () => db.select().from(jobs).where(eq(jobs.kind, "drill")).orderBy(jobs.createdAt),
    async end(change = { state: "succeeded" }) {
      await db
        .update(jobs)
        .set({ endedAt: new Date(), ...change })
        .where(eq(jobs.kind, "drill"));
    },
  };
}

describe("drills of a plan's policy", () => {
  it("come when the days are over, once, and for each repository by itself", async () => {
    const world = await drillWorld();
    const due = (minutes = 0) => queueDueDrills(world.database.workerCtx(later({ minutes })));
    await world.policy(MONTHLY);
    expect(await due()).toBe(0);
    const archiveId = await world.drillable();
    expect(await due()).toBe(1);
    expect(await due()).toBe(0);
    expect(await world.drills()).toMatchObject([
      {
        ...{ planId: world.planId, repositoryId: world.repositoryId, requestedBy: null },
        payload: { archiveId, scope: "random", files: 5, seed: expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    ]);
    await world.end();
    expect(await due(29 * DAY)).toBe(0);
    expect(await due(30 * DAY)).toBe(1);
    await world.policy(null);
    await world.end();
    expect(await due(90 * DAY)).toBe(0);
  });

  it("that could not be made are tried again a day later, those that found something wrong are not", async () => {
    const world = await drillWorld();
    const due = (minutes = 0) => queueDueDrills(world.database.workerCtx(later({ minutes })));
    await world.policy(MONTHLY);
    await world.drillable();
    await due();
    await world.end({ state: "failed" });
    expect(await due(60)).toBe(0);
    expect(await due(DAY)).toBe(1);
    await world.end({ state: "warned" });
    expect(await due(3 * DAY)).toBe(0);
  });

  it("wait for an archive with hashes unless everything is read, and leave a held repository alone", async () => {
    const world = await drillWorld();
    const due = () => queueDueDrills(world.database.workerCtx());
    await world.policy(MONTHLY);
    await world.drillable(0, null);
    expect(await due()).toBe(0);
    await world.policy({ ...MONTHLY, scope: "everything" });
    const held = (heldAt: Date | null) => world.database.pool.db.update(repositories).set({ heldAt });
    await held(new Date());
    expect(await due()).toBe(0);
    await held(null);
    expect(await due()).toBe(1);
  });
});

describe("a drill that is asked for", () => {
  it("is queued once for an archive, and refused where there is nothing to compare with", async () => {
    const world = await drillWorld();
    const ctx = world.database.ctx();
    const may = await authorize(ctx, "maintenance", world.clientId);
    const older = await world.drillable(0, null);
    const ask = (archiveId: string, scope: "random" | "everything") =>
      requestDrill(ctx, may, { archiveId, scope });
    await expect(ask(older, "random")).rejects.toMatchObject({ code: "invalid-input" });
    await expect(requestPlanDrill(ctx, may, { planId: world.planId })).rejects.toMatchObject({
      code: "invalid-input",
    });
    const first = await ask(older, "everything");
    expect(await ask(older, "everything")).toEqual(first);
    const newer = await world.drillable(5);
    const { jobIds } = await requestPlanDrill(ctx, may, { planId: world.planId });
    expect(jobIds).toHaveLength(1);
    const drilled = (await world.drills()).map(({ payload }) => Reflect.get(payload, "archiveId"));
    expect(new Set(drilled)).toEqual(new Set([older, newer]));
    await world.database.pool.db.update(repositories).set({ heldAt: new Date() });
    await expect(ask(newer, "random")).rejects.toMatchObject({ code: "repository-quarantined" });
  });
});

async function carriedOut(
  world: DrillWorld,
  tar: Buffer | "damaged",
  scope: "random" | "everything" = "random",
) {
  const keeper = await new ScriptedKeeper().start();
  keeper.script.status = () => ({ output: NODE_STATUS });
  keeper.script["stream-tar"] = () =>
    tar === "damaged"
      ? { refuse: "repository-damaged", say: "Data integrity error" }
      : { output: { tarBytes: tar.length, unmatched: 0, warnings: [] }, pieces: [tar] };
  const ctx = world.database.ctx();
  const may = await authorize(ctx, "maintenance", world.clientId);
  const [archive] = await world.database.pool.db.select().from(archiveLedger);
  await requestDrill(ctx, may, { archiveId: archive?.id ?? "", scope });
  const worker = () => world.database.workerCtx(new Date());
  const job = await claimJob(worker(), { storageNodeId: "main", heldBy: "worker@main", kinds: ["drill"] });
  if (!job?.repositoryId) throw new Error("no drill to do");
  const asked = {
    ...{ clientId: job.clientId, repositoryId: job.repositoryId, hold: { jobId: job.id, lease: job.lease } },
    payload: job.payload as Parameters<typeof carryOutDrill>[2]["payload"],
  };
  const run = () => carryOutDrill(worker(), boundKeeper(keeper.call, {}), asked);
  const done = await run();
  await world.end({ state: done.problem ? "warned" : "succeeded", problem: done.problem });
  return { done, again: run };
}

async function onlyCertificate(world: DrillWorld) {
  const [row, ...more] = await world.database.pool.db.select().from(certificates);
  if (!row || more.length > 0) throw new Error(`${more.length + (row ? 1 : 0)} certificates`);
  return row;
}

const objective = async (world: DrillWorld) =>
  (await readObjectives(world.database.workerCtx(new Date()), {}))[0]?.repositories[0];

describe("a drill that was carried out", () => {
  it("proves the plan, and leaves one signed certificate however often it is begun", async () => {
    const world = await drillWorld();
    await world.drillable();
    const { done, again } = await carriedOut(world, tarOf(FILES));
    expect(done).toMatchObject({ problem: null, result: { outcome: "proved", files: 3 } });
    await again();
    const row = await onlyCertificate(world);
    const ctx = world.database.ctx();
    const { publicKey } = await ensureCertificateKey(ctx);
    const may = await authorize(ctx, "view", world.clientId);
    const { file } = await getCertificate(ctx, may, { id: row.id });
    const { document } = verifyCertificate(Buffer.from(file), publicKey);
    expect(document?.certificate).toMatchObject({
      ...{
        client: { name: "web-01" },
        outcome: "proved",
        drill: { borgVersion: "1.2.4", onto: "storage-node" },
      },
      sample: { algorithm: "HMAC-SHA-256", hashedFiles: 3 },
      restored: { files: 3 },
    });
    expect(document?.certificate.files.map(({ path, readBack, canary }) => [path, readBack, canary])).toEqual(
      expect.arrayContaining([
        ["etc/canary", "same", true],
        ["etc/hosts", "same", false],
      ]),
    );
    expect(await objective(world)).toMatchObject({ state: "proven", restoreProvenAt: row.endedAt });
    const stored = await world.database.pool
      .sql`select value, secret_sealed from settings where name = 'certificates'`;
    expect(JSON.stringify(stored)).not.toContain("PRIVATE");
    expect(stored[0]?.secret_sealed).toBeTruthy();
  });

  it.each([
    ["a file that differs", tarOf({ ...FILES, "etc/hosts": "127.0.0.1 attacker" }), "etc/hosts", "differs"],
    [
      "a file that the archive does not hold",
      tarOf({ "etc/canary": "a canary", "etc/odd": "odd" }),
      "etc/hosts",
      "missing",
    ],
    ["stored data that is damaged", "damaged" as const, "etc/canary", "unreadable"],
  ])(
    "fails by its name for %s, and raises the loudest alert until everything is well",
    async (_, tar, name, readBack) => {
      const world = await drillWorld();
      await world.drillable();
      const { done } = await carriedOut(world, tar);
      expect(done.problem).toMatchObject({ code: "drill-failed" });
      expect(done.problem?.say.toLowerCase()).toContain(name);
      const row = await onlyCertificate(world);
      expect(row.outcome).toBe("failed");
      const { document } = verifyCertificate(Buffer.from(row.document), null);
      expect(document?.certificate.files.find(({ path }) => path === name)).toMatchObject({ readBack });
      expect((await objective(world))?.state).toBe("ok");
      const open = async () => {
        await lookForTrouble(world.database.workerCtx(new Date()));
        return (await world.rows()).filter(
          (alert) => alert.kind === "drill-failed" && alert.resolvedAt === null,
        );
      };
      expect(await open()).toMatchObject([
        { severity: "critical", say: expect.stringMatching(new RegExp(name, "i")) },
      ]);
      // One that by its seed meets other files says nothing of that one.
      await carriedOut(world, tarOf(FILES));
      expect(await open()).toHaveLength(1);
      await carriedOut(world, tarOf(FILES), "everything");
      expect(await open()).toEqual([]);
    },
  );

  it("fails when a canary had vanished from the machine, and cannot be made when nothing was hashed", async () => {
    const world = await drillWorld();
    const sample = sampleOf({ "etc/hosts": FILES["etc/hosts"] });
    await world.drillable(0, { ...sample, withoutHash: [{ path: btoa("etc/canary"), why: "missing" }] });
    const { done } = await carriedOut(world, tarOf({ "etc/hosts": FILES["etc/hosts"] }));
    expect(done.problem?.say).toContain("canary etc/canary was not on the machine");
    const empty = await drillWorld();
    await empty.drillable(0, sampleOf({}, { dropped: 4 }));
    await expect(carriedOut(empty, tarOf({}))).rejects.toMatchObject({
      ...{ code: "invalid-input", say: expect.stringContaining("4 changed while they were backed up") },
    });
  });

  it("of everything says what was read, also where the machine sent no hashes", async () => {
    const world = await drillWorld();
    await world.drillable(0, null);
    await carriedOut(world, tarOf(FILES), "everything");
    const row = await onlyCertificate(world);
    expect(row).toMatchObject({ outcome: "readable", comparedFiles: 0, restoredFiles: 3 });
    expect((await objective(world))?.state).toBe("proven");
  });
});

describe("certificates", () => {
  it("are seen by whoever may see the machine, and by nobody else", async () => {
    const world = await drillWorld();
    await world.drillable();
    await carriedOut(world, tarOf(FILES));
    const list = (grants: UserActor["grants"]) =>
      listCertificates(world.database.ctx({ actor: personActor({ grants }) }), { limit: 10 });
    const grant = (clientId: string) => [{ clientId, tag: null, permissions: ["view" as const] }];
    expect((await list(grant(world.clientId))).items).toHaveLength(1);
    expect((await list(grant(newId()))).items).toEqual([]);
  });

  it("measure how long bringing the machine back takes, where enough came out", async () => {
    const world = await drillWorld();
    await world.drillable();
    const ctx = world.database.ctx();
    const may = await authorize(ctx, "view", world.clientId);
    expect(await restoreTime(ctx, may)).toEqual({ size: { bytes: 1e9, files: 1000 }, estimate: null });
    await carriedOut(world, tarOf(FILES));
    expect((await restoreTime(ctx, may)).estimate).toBeNull();
    await world.database.pool.db
      .update(certificates)
      .set({ restoredBytes: 500_000_000, restoredFiles: 500, milliseconds: 10_000 });
    expect(await restoreTime(ctx, may)).toMatchObject({ estimate: { by: "drill", runs: 1, seconds: 20 } });
    const restored = (more: Record<string, unknown>) =>
      world.job({
        ...{ kind: "restore", lane: "restore", state: "succeeded" },
        ...{ startedAt: later({ minutes: 0 }), endedAt: later({ minutes: 1 }) },
        result: { kind: "restore", files: 500, bytes: 500_000_000, skippedCount: 0, ...more },
      });
    await restored({});
    expect(await restoreTime(ctx, may)).toMatchObject({ estimate: { by: "restore", runs: 1, seconds: 120 } });
  });
});
