import { eq } from "drizzle-orm";
import { z } from "zod";
import { type DumpOutcome, whyNotRestorable } from "~/domain/archived-database";
import { jobPayloads } from "~/domain/job-payload";
import type { DatabaseSource } from "~/domain/plan-options";
import { databaseOutcome } from "~/protocol/backup-extras";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

export interface ArchivedDatabase extends DumpOutcome {
  /** Null: the plan of that time does not say any more. */
  engine: DatabaseSource["engine"] | null;
  /** The policy's entry that it was read through; null: details of the plan. */
  readThrough: string | null;
  /** Why it cannot be put back into a database; null: it can. */
  whyNot: string | null;
}

/** The databases that the backup of an archive told, whole or not, in its order. None for an archive that no job of ours made. */
export async function readArchiveDatabases(ctx: Ctx, jobId: string | null): Promise<ArchivedDatabase[]> {
  if (jobId === null) return [];
  const [job] = await ctx.db
    .select({ payload: jobs.payload, result: jobs.result })
    .from(jobs)
    .where(eq(jobs.id, jobId));
  const told = z.object({ databases: z.array(databaseOutcome) }).safeParse(job?.result);
  if (!told.success) return [];
  const asked = jobPayloads.backup.safeParse(job?.payload);
  const sources = asked.success ? asked.data.options.databases : [];
  return told.data.databases.map((outcome) => {
    const source = sources.find(({ name }) => name === outcome.source);
    const engine = source?.engine ?? null;
    const credentials = source?.credentials;
    const readThrough = credentials?.kind === "local" ? credentials.name : null;
    return { ...outcome, engine, readThrough, whyNot: whyNotRestorable(outcome, engine) };
  });
}
