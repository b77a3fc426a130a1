import { createHmac } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import type { JobKind } from "~/domain/job";
import { jobPayloads } from "~/domain/job-payload";
import type { Grant } from "~/domain/permission";
import type { PlanDrill } from "~/domain/plan-options";
import { RESTORE_DRILL_ABILITY } from "~/protocol/restore-drill";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import type { SampleResult } from "~/protocol/sample";
import type { RestoreOrder } from "~/protocol/v1";
import { createCaller } from "~/server/api/root";
import { jobSamples, jobs } from "~/server/db/schema/jobs";
import { plans } from "~/server/db/schema/plans";
import { claimJob } from "~/server/jobs/claim-job";
import { endJob } from "~/server/jobs/end-job";
import { makeParcel } from "~/server/restores/carry-parcel";
import { boundKeeper } from "~/worker/bound-keeper";
import { runJob } from "~/worker/run-job";
import { signedInAs } from "./acting-people";
import { agentWorld, pollOk, reportOk } from "./agent-world";
import { ledgerArchive } from "./archive-world";
import { enrolledClient, TEST_MACHINE } from "./fleet";
import { ScriptedKeeper } from "./scripted-keeper";

export const DRILLED = { "etc/canary": "a canary", "etc/hosts": "127.0.0.1 localhost" };
const SALT = Buffer.alloc(32, 3);
export const saltedHash = (contents: string) => createHmac("sha256", SALT).update(contents).digest("hex");
const machine = { ...TEST_MACHINE, abilities: [RESTORE_EXTRAS_ABILITY, RESTORE_DRILL_ABILITY] };

/** web-01 with an archive and its sample, web-02 that can drill for it, and the worker's part by hand against a scripted keeper. */
export async function drillOntoWorld() {
  const world = await agentWorld();
  const { db } = world.database.pool;
  const other = await enrolledClient(world.admin(), "web-02", machine);
  const backupId = await world.startBackup();
  const sample: SampleResult = {
    ...{ seed: "ab".repeat(16), salt: SALT.toString("base64"), withoutHash: [], dropped: 0 },
    files: Object.entries(DRILLED).map(([path, contents]) => ({
      ...{ path: btoa(path), bytes: contents.length, hash: saltedHash(contents) },
      ...(path === "etc/canary" ? { canary: true as const } : {}),
    })),
  };
  await db.insert(jobSamples).values({ jobId: backupId, sample });
  const archive = await ledgerArchive(world, { jobId: backupId });
  const scripted = await new ScriptedKeeper().start();
  scripted.script = {
    "make-parcel": () => ({
      output: { archives: [{ name: "part-1", borgId: "cd".repeat(32), files: 2, bytes: 27 }] },
    }),
  };
  const keeper = boundKeeper(scripted.call, {});
  const worker = (now = new Date()) => world.database.workerCtx(now);
  const newest = async (kind: JobKind) => {
    const [found] = await db
      .select()
      .from(jobs)
      .where(eq(jobs.kind, kind))
      .orderBy(desc(jobs.createdAt))
      .limit(1);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  };
  return {
    ...{ world, db, other, archive, scripted, newest, worker },
    callerOf: async (grants?: readonly Grant[]) =>
      createCaller({
        ...world.admin(),
        peer: null,
        ...(grants ? { actor: await signedInAs(world.database, { grants }) } : {}),
      }),
    async policy(drill: PlanDrill | null) {
      const [plan] = await db.select().from(plans).where(eq(plans.id, world.planId));
      const options = { ...plan?.options, drill } as typeof plans.$inferSelect.options;
      await db.update(plans).set({ options }).where(eq(plans.id, world.planId));
    },
    async pack() {
      const job = await newest("make-parcel");
      await makeParcel(worker(), keeper, {
        ...jobPayloads["make-parcel"].parse(job.payload),
        ...{ clientId: job.clientId, repositoryId: job.repositoryId ?? "" },
      });
      await endJob(worker(), job, { state: "succeeded" });
    },
    /** web-02 asks for work. */
    async poll(more: Partial<typeof machine> = {}): Promise<RestoreOrder | null> {
      const { jobs: handed } = await pollOk(
        world,
        { machine: { ...machine, ...more } },
        { key: other.apiKey },
      );
      return handed.find((order) => order.kind === "restore") ?? null;
    },
    /** web-02 tells what came of it: files by their contents, or the problem. */
    async tell(order: RestoreOrder, files: Record<string, string>, more: { milliseconds?: number } = {}) {
      await reportOk({ ...world, client: other }, order.jobId, {
        state: "succeeded",
        result: {
          ...{ kind: "restore", writtenTo: null, files: 2, directories: 1, bytes: 27, borgExitCode: 0 },
          ...{ skipped: [], skippedCount: 0 },
          drilled: {
            files: Object.entries(files).map(([path, contents]) => ({
              ...{ path: btoa(path), bytes: contents.length, hash: saltedHash(contents) },
            })),
            ...{ everything: null, milliseconds: more.milliseconds ?? 900, left: null },
          },
        },
      });
    },
    /** The worker takes the drill that may begin, if one may. */
    async judge(now = new Date()): Promise<boolean> {
      const claimed = { storageNodeId: "main", heldBy: "worker@main", kinds: ["drill"] as const };
      const job = await claimJob(worker(now), { ...claimed, kinds: [...claimed.kinds] });
      if (!job) return false;
      await runJob(job, { callKeeper: scripted.call, heartbeatMs: 60_000 }).done;
      return true;
    },
  };
}
