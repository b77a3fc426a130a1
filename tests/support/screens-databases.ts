import { desc, eq } from "drizzle-orm";
import { jobPayloads } from "~/domain/job-payload";
import { NO_OPTIONS } from "~/domain/no-options";
import type { DatabaseSource } from "~/domain/plan-options";
import {
  DATABASE_COPY_ABILITY,
  DATABASE_RESTORE_ABILITY,
  type DatabaseOutcome,
} from "~/protocol/backup-extras";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { clients } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { archiveLedger } from "~/server/db/schema/vault";
import type { SeededPlan } from "./screens-history";

/** An archive with databases in it, and a job that brought one of them back in its own place. */
export interface SeededDatabases {
  archiveId: string;
  restoredId: string;
}

const SOURCES: DatabaseSource[] = (["postgresql", "mysql", "mongodb", "sqlite"] as const).map((engine) => ({
  ...{ engine, name: { postgresql: "main", mysql: "shop", mongodb: "events", sqlite: "files" }[engine] },
  ...{ databases: [], host: "", port: null, user: "" },
  credentials:
    engine === "sqlite"
      ? { kind: "none" }
      : { kind: "local", name: engine === "postgresql" ? "main" : engine },
}));

const MIB = 1024 ** 2;
const outcome = (source: string, database: string, file: string, mib: number): DatabaseOutcome => ({
  ...{ source, database, path: `databases/${source}/${file}`, bytes: Math.round(mib * MIB), problem: null },
});

const OUTCOMES: DatabaseOutcome[] = [
  outcome("main", "globals", "globals.sql", 0.01),
  outcome("main", "accounts", "accounts.dump", 812.4),
  outcome("main", "a-database-with-a-name-that-is-as-long-as-postgresql-allows-63b", "a-database.dump", 4.2),
  outcome("shop", "shop", "shop.sql", 96.1),
  {
    ...outcome("events", "events", "events.archive", 1.5),
    ...{ path: null, problem: "It ended with exit code 1: could not connect to server: connection refused" },
  },
  outcome("files", "/srv/app/app.db", "srv%2Fapp%2Fapp.db.sqlite", 12.9),
];

/** Puts databases into the newest archive of a plan, as its backup would have told. */
export async function seedDatabases(ctx: Ctx, plan: SeededPlan): Promise<SeededDatabases> {
  const [archive] = await ctx.db
    .select()
    .from(archiveLedger)
    .where(eq(archiveLedger.planId, plan.planId))
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1);
  const [job] = await ctx.db
    .select()
    .from(jobs)
    .where(eq(jobs.id, archive?.jobId ?? ""));
  const [client] = await ctx.db.select().from(clients).where(eq(clients.id, plan.clientId));
  if (!archive || !job || !client?.machine || !client.policy) throw new Error(`${plan.name} has no archive`);
  const databases = [
    { name: "main", engine: "postgresql" as const, restore: true },
    { name: "standby", engine: "postgresql" as const, restore: true },
    { name: "mysql", engine: "mysql" as const, restore: false },
  ];
  await ctx.db
    .update(clients)
    .set({
      machine: { ...client.machine, abilities: [DATABASE_RESTORE_ABILITY, DATABASE_COPY_ABILITY] },
      policy: { ...client.policy, databases },
    })
    .where(eq(clients.id, client.id));
  await ctx.db
    .update(jobs)
    .set({
      payload: { ...jobPayloads.backup.parse(job.payload), options: { ...NO_OPTIONS, databases: SOURCES } },
      result: { ...Object(job.result), databases: OUTCOMES },
    })
    .where(eq(jobs.id, job.id));
  const restoredId = newId();
  const dump = "databases/main/accounts.dump";
  await ctx.db.insert(jobs).values({
    ...job,
    ...{ id: restoredId, runId: newId(), kind: "restore", lane: "restore", progress: null },
    payload: jobPayloads.restore.parse({
      ...{ archiveId: archive.id, archiveName: archive.name, borgId: archive.borgId, paths: [] },
      target: { kind: "restore-folder" },
      database: { entry: "main", dump, into: "accounts", replace: true },
    }),
    result: {
      ...{
        kind: "restore",
        files: 0,
        directories: 0,
        bytes: Math.round(812.4 * MIB),
        skipped: [],
        skippedCount: 0,
      },
      ...{ borgExitCode: 0, writtenTo: "/var/lib/bbs-agent/restores/j1/before-accounts.dump" },
      database: { name: "accounts", safetyDump: "/var/lib/bbs-agent/restores/j1/before-accounts.dump" },
    },
  });
  return { archiveId: archive.id, restoredId };
}
