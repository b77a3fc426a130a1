import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { verifyCertificate } from "~/cli/verify-certificate";
import { archiveId, clientId, jobId, planId, repositoryId } from "~/domain/id";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Permission } from "~/domain/permission";
import type { PlanDrill } from "~/domain/plan-options";
import { authorize } from "~/server/access/authorize";
import { removeClient } from "~/server/clients/remove-client";
import { jobs } from "~/server/db/schema/jobs";
import { journalEntries } from "~/server/db/schema/journal";
import { certificates } from "~/server/db/schema/reports";
import { archiveLedger } from "~/server/db/schema/vault";
import { cancelJobsOfClient } from "~/server/jobs/cancel-jobs-of-client";
import { endJob } from "~/server/jobs/end-job";
import { restoreTime } from "~/server/reports/restore-time";
import { queueDueDrills } from "~/server/restores/drills/queue-due-drills";
import { DRILLED, drillOntoWorld, saltedHash } from "~tests/support/drill-onto-world";

const HOUR = 3_600_000;

async function given() {
  const made = await drillOntoWorld();
  const { archive, callerOf, other } = made;
  const ask = async (more: { scope?: "random" | "everything" } = {}) =>
    (await callerOf()).reports.drill({
      ...{ archiveId: archiveId.parse(archive.id), scope: "random", ...more },
      onto: clientId.parse(other.id),
    });
  const certificate = async () => {
    const [row, ...more] = await made.db.select().from(certificates);
    if (more.length > 0) throw new Error("more than one certificate");
    const { document } = verifyCertificate(Buffer.from(row?.document ?? ""), null);
    return row ? { row, certificate: document?.certificate } : null;
  };
  return { ...made, ask, certificate };
}

describe("a drill onto a second client", () => {
  it("brings the chosen files there alone, tells no hash, and proves them by what that machine read", async () => {
    const made = await given();
    const { world, other, archive, scripted } = made;
    const { jobId: drillId } = await made.ask();
    expect(await made.ask()).toEqual({ jobId: drillId });
    expect(await made.judge()).toBe(false);
    expect(await made.newest("drill")).toMatchObject({
      ...{ id: drillId, clientId: world.client.id, planId: world.planId },
      problem: { say: "Waits until web-02 has brought the files back." },
    });
    await made.pack();
    const [packed] = scripted.calls;
    const paths = Object.keys(DRILLED).map((path) => btoa(path));
    expect(packed?.input).toMatchObject({
      toClientId: other.id,
      parts: [{ archiveName: archive.name, paths: expect.arrayContaining(paths) }],
    });
    const order = await made.poll();
    expect(order).toMatchObject({
      ...{
        target: { kind: "restore-folder" },
        paths: [],
        repository: { repositoryId: packed?.input.parcelId },
      },
      drill: { everything: false, sample: { paths: expect.arrayContaining(paths) } },
    });
    if (!order) throw new Error("no order");
    for (const contents of Object.values(DRILLED))
      expect(JSON.stringify(order)).not.toContain(saltedHash(contents));
    await made.tell(order, DRILLED);
    expect(await made.judge()).toBe(true);
    const issued = await made.certificate();
    expect(issued?.row).toMatchObject({ ontoClientId: other.id, outcome: "proved", milliseconds: 900 });
    expect(issued?.certificate).toMatchObject({
      ...{ format: "bbs-drill-certificate-2", client: { name: "web-01" }, restored: { files: 2, bytes: 27 } },
      drill: { onto: { client: { id: other.id, name: "web-02" } }, borgVersion: "1.2.4" },
    });
    const { items } = await (await made.callerOf()).reports.certificates({ limit: 5 });
    expect(items).toMatchObject([{ ontoClientName: "web-02" }]);
    expect(await made.newest("remove-parcel")).toMatchObject({ state: "queued" });
    expect(scripted.calls.map(({ verb }) => verb)).not.toContain("stream-tar");
  });

  it("is asked for by whoever may restore from the one and onto the other, and by nobody else", async () => {
    const made = await given();
    const { world, other, archive } = made;
    const grant = (id: string, ...permissions: Permission[]) => ({ clientId: id, tag: null, permissions });
    const asked = {
      archiveId: archiveId.parse(archive.id),
      scope: "random",
      onto: clientId.parse(other.id),
    } as const;
    for (const grants of [
      [grant(world.client.id, "maintenance"), grant(other.id, "restore")],
      [grant(world.client.id, "maintenance", "restore"), grant(other.id, "view")],
      [grant(world.client.id, "maintenance", "restore")],
      [grant(world.client.id, "restore"), grant(other.id, "restore")],
    ]) {
      const caller = await made.callerOf(grants);
      await expect(caller.reports.drill(asked)).rejects.toMatchObject({
        code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/),
      });
      await made.policy({ ...MONTHLY, onto: other.id });
      await expect(caller.reports.drillPlan({ planId: planId.parse(world.planId) })).rejects.toMatchObject({
        code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/),
      });
    }
    expect(await made.db.select().from(jobs).where(eq(jobs.kind, "restore"))).toEqual([]);
    const may = await made.callerOf([
      grant(world.client.id, "maintenance", "restore"),
      grant(other.id, "restore"),
    ]);
    await expect(may.reports.drill(asked)).resolves.toMatchObject({ jobId: expect.any(String) });
  });

  it("is journaled for both clients", async () => {
    const made = await given();
    await made.ask();
    const of = async (action: "restore.started" | "drill.asked") =>
      (await made.db.select().from(journalEntries).where(eq(journalEntries.action, action)))
        .map((entry) => entry.clientId)
        .sort();
    expect(await of("restore.started")).toEqual([made.world.client.id, made.other.id].sort());
    expect(await of("drill.asked")).toEqual([made.world.client.id]);
  });

  it("tells a file that changed on the way as differing, and one that did not come as missing", async () => {
    const made = await given();
    await made.ask();
    await made.pack();
    const order = await made.poll();
    if (!order) throw new Error("no order");
    await made.tell(order, { "etc/hosts": "127.0.0.1 attacker" });
    await made.judge();
    const issued = await made.certificate();
    expect(issued?.row.outcome).toBe("failed");
    expect(issued?.certificate?.files).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: "etc/hosts", readBack: "differs" }),
        expect.objectContaining({ path: "etc/canary", readBack: "missing", restoredHash: null }),
      ]),
    );
    expect(await made.newest("drill")).toMatchObject({ state: "warned", problem: { code: "drill-failed" } });
  });

  it("is refused in words by a client without the ability, its own one, and one that lost it meanwhile", async () => {
    const made = await given();
    const caller = await made.callerOf();
    const own = { archiveId: archiveId.parse(made.archive.id), scope: "random" as const };
    await expect(
      caller.reports.drill({ ...own, onto: clientId.parse(made.world.client.id) }),
    ).rejects.toMatchObject({ message: expect.stringContaining("another machine than the one that made") });
    await made.poll({ abilities: ["restore-extras"] });
    await expect(made.ask()).rejects.toMatchObject({
      message: expect.stringContaining("The agent on web-02 cannot drill for other machines yet."),
    });
    await made.poll();
    await made.ask();
    await made.pack();
    expect(await made.poll({ abilities: ["restore-extras"] })).toBeNull();
    expect(await made.newest("restore")).toMatchObject({
      state: "queued",
      problem: { code: "agent-too-old" },
    });
    expect(await made.poll()).toMatchObject({ kind: "restore" });
  });
});

describe("a second client that does not bring the files back", () => {
  it("fails the drill with its own words, and no certificate says anything of the archive", async () => {
    const made = await given();
    await made.ask();
    await made.pack();
    const restore = await made.newest("restore");
    await endJob(made.worker(), restore, {
      state: "failed",
      problem: { code: "disk-full", say: "The disk is full." },
    });
    expect(await made.newest("drill")).toMatchObject({
      state: "failed",
      problem: { code: "drill-not-made", say: expect.stringContaining("The disk is full.") },
    });
    expect(await made.certificate()).toBeNull();
    const again = { id: jobId.parse((await made.newest("drill")).id) };
    const caller = await made.callerOf();
    await expect(caller.jobs.retry(again)).rejects.toMatchObject({
      message: expect.stringContaining("again"),
    });
    await expect(caller.restores.resume({ jobId: jobId.parse(restore.id) })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  it("is gone: the drill that waits ends, and the next one of the plan says why it cannot be made", async () => {
    const made = await given();
    await made.ask();
    const may = await authorize(made.world.admin(), "manage-clients", made.other.id);
    await removeClient(made.world.admin(), may, { typedName: "web-02" });
    await cancelJobsOfClient(made.worker(), { clientId: made.other.id });
    expect(await made.newest("drill")).toMatchObject({
      state: "failed",
      problem: { code: "drill-not-made" },
    });
    await made.policy({ ...MONTHLY, onto: made.other.id });
    expect(await queueDueDrills(made.worker(new Date(Date.now() + 25 * HOUR)))).toBe(0);
    expect(await made.newest("drill")).toMatchObject({
      ...{ state: "failed", planId: made.world.planId },
      problem: { code: "drill-not-made", say: expect.stringContaining("web-02 is not enrolled") },
    });
    const open = await made.db.select().from(jobs).where(eq(jobs.kind, "make-parcel"));
    expect(open).toHaveLength(1);
  });

  it("is silent for three days: the drill fails and its restore is taken back", async () => {
    const made = await given();
    await made.ask();
    await made.pack();
    expect(await made.judge(new Date(Date.now() + 71 * HOUR))).toBe(false);
    expect(await made.judge(new Date(Date.now() + 73 * HOUR))).toBe(true);
    expect(await made.newest("drill")).toMatchObject({
      state: "failed",
      problem: { say: expect.stringContaining("web-02 has not brought the files back") },
    });
    expect(await made.newest("restore")).toMatchObject({ state: "cancelled" });
    expect(await made.newest("remove-parcel")).toMatchObject({ state: "queued" });
  });

  it("stops when the drill is cancelled", async () => {
    const made = await given();
    const { jobId: drillId } = await made.ask();
    await made.pack();
    const order = await made.poll();
    await (await made.callerOf()).jobs.cancel({ id: jobId.parse(drillId) });
    expect(await made.newest("restore")).toMatchObject({
      id: order?.jobId,
      cancelRequestedAt: expect.any(Date),
    });
  });
});

it("reads the files on the storage node where they could not be packed because they are damaged", async () => {
  const made = await given();
  await made.ask();
  const packing = await made.newest("make-parcel");
  await endJob(made.worker(), packing, {
    state: "failed",
    problem: { code: "repository-damaged", say: "Data integrity error" },
  });
  made.scripted.script["stream-tar"] = () => ({ refuse: "repository-damaged", say: "Data integrity error" });
  made.scripted.script.status = () => ({
    output: {
      root: true,
      borgVersion: "1.2.4",
      sshHostKeys: [],
      protections: [],
      freeBytes: 1,
      totalBytes: 2,
    },
  });
  expect(await made.judge()).toBe(true);
  const issued = await made.certificate();
  expect(issued?.row).toMatchObject({ outcome: "failed", ontoClientId: null });
  expect(issued?.certificate?.drill.onto).toBe("storage-node");
});

const MONTHLY: PlanDrill = { everyDays: 30, scope: "random", files: 5, canaries: [] };

describe("a plan that names the machine of its drills", () => {
  it("drills onto it by itself, once", async () => {
    const made = await given();
    await made.policy({ ...MONTHLY, onto: made.other.id });
    expect(await queueDueDrills(made.worker())).toBe(1);
    expect(await queueDueDrills(made.worker())).toBe(0);
    expect(await made.newest("restore")).toMatchObject({ clientId: made.other.id, requestedBy: null });
  });

  it("is saved by whoever may restore onto it, changed by others as long as they leave that alone", async () => {
    const made = await given();
    const { world, other } = made;
    const admin = await made.callerOf();
    const read = await admin.plans.get({ id: planId.parse(world.planId) });
    const settings = (drill: PlanDrill | null, name = "System") => ({
      ...{
        id: planId.parse(read.id),
        name,
        repositoryId: repositoryId.parse(read.repositoryId),
        sources: read.sources,
      },
      ...{
        excludes: read.excludes,
        compression: read.compression,
        oneFileSystem: false,
        excludeCaches: true,
      },
      ...{ keep: null, options: { ...NO_OPTIONS, drill } },
    });
    const manager = await made.callerOf([
      { clientId: world.client.id, tag: null, permissions: ["manage-plans", "restore"] },
    ]);
    const onto = { ...MONTHLY, onto: other.id };
    await expect(manager.plans.update(settings(onto))).rejects.toMatchObject({
      code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/),
    });
    await expect(admin.plans.update(settings({ ...MONTHLY, onto: world.client.id }))).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    await admin.plans.update(settings(onto));
    await manager.plans.update(settings({ ...onto, files: 7 }, "Other"));
    expect((await admin.plans.get({ id: planId.parse(world.planId) })).options.drill).toMatchObject({
      files: 7,
      onto: other.id,
    });
  });
});

it("says how long bringing a machine back takes by the network and the other disk, before drills on the storage node", async () => {
  const made = await given();
  await made.db.update(archiveLedger).set({ originalBytes: 1e9, fileCount: 1000 });
  await made.ask();
  await made.pack();
  const order = await made.poll();
  if (!order) throw new Error("no order");
  await made.tell(order, DRILLED, { milliseconds: 10_000 });
  await made.judge();
  await made.db.update(certificates).set({ restoredBytes: 500_000_000, restoredFiles: 500 });
  const may = await authorize(made.world.admin(), "view", made.world.client.id);
  expect(await restoreTime(made.world.admin(), may)).toMatchObject({
    estimate: { by: "drill-onto-client", runs: 1, seconds: 20 },
  });
});
