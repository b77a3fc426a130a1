import { eq } from "drizzle-orm";
import { z } from "zod";
import { archiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { DATABASE_RESTORE_ABILITY, type DatabaseTarget, databaseOutcome } from "~/protocol/backup-extras";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { restorableArchive } from "./restorable-archive";

/**
 * Queues that one dump of an archive goes back into a database of the machine that made it: a new one, or one that is there and is replaced
 * once it was dumped into the machine's restore folder. The machine's own policy decides; what it last reported gives an early no.
 * Refuses archive-missing, client-not-enrolled, repository-quarantined, target-forbidden, agent-too-old, and invalid-input for a dump that
 * the backup did not report as whole.
 */
export async function startDatabaseRestore(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string } & DatabaseTarget,
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { archive, client, policy } = await restorableArchive(inTx, may, input);
    const { entry, dump, into } = input;
    if (!policy.databases?.some(({ name, restore }) => name === entry && restore)) {
      throw new Refusal("target-forbidden", {
        say: `The policy of ${client.name} does not allow bringing databases back into ${entry}. Its administrator can change that in policy.json (databases, restore).`,
      });
    }
    if (!client.machine?.abilities?.includes(DATABASE_RESTORE_ABILITY)) {
      throw new Refusal("agent-too-old", {
        say: `The agent on ${client.name} cannot bring databases back. Install the agent of this server on it anew.`,
      });
    }
    if (!(await wholeDumps(inTx, archive.jobId)).includes(dump)) {
      throw new Refusal("invalid-input", {
        say: `${archive.name} has no whole dump ${dump}. Choose one that its backup lists.`,
      });
    }
    const { jobId } = await enqueueJob(inTx, {
      kind: "restore",
      clientId: client.id,
      repositoryId: archive.repositoryId,
      planId: archive.planId,
      payload: {
        archiveId: archiveId.parse(archive.id),
        archiveName: archive.name,
        borgId: archive.borgId,
        paths: [],
        target: { kind: "restore-folder" },
        database: { entry, dump, into },
      },
    });
    await appendEntry(inTx, {
      action: "restore.started",
      say: `Asked to bring ${dump} of the archive ${archive.name} back into the database ${into} on ${client.name}.`,
      ...{ clientId: client.id, repositoryId: archive.repositoryId },
      detail: { jobId, archiveId: archive.id, database: { entry, dump, into } },
    });
    return { jobId };
  });
}

/** The dumps that the backup of an archive told to be whole. */
async function wholeDumps(ctx: Ctx, jobId: string | null): Promise<string[]> {
  if (jobId === null) return [];
  const [job] = await ctx.db.select({ result: jobs.result }).from(jobs).where(eq(jobs.id, jobId));
  const parsed = z.object({ databases: z.array(databaseOutcome) }).safeParse(job?.result);
  if (!parsed.success) return [];
  return parsed.data.databases.flatMap(({ path, problem }) =>
    path !== null && problem === null ? [path] : [],
  );
}
