import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { KeeperOutput } from "~/keeper/contract";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { jobs } from "../db/schema/jobs";
import { archiveLedger } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";

export interface RecordedArchives {
  /** How many archives the repository holds. */
  listed: number;
  /** How many of them were new to the ledger. */
  added: number;
  /** Living archives of the ledger that the repository does not list any more. They stay in the ledger. */
  missing: string[];
}

/**
 * Brings the archives of a repository into the ledger, with our time. What is there already stays as it is, so this may run twice
 * and at any time; each archive is written as soon as it is described, so a restart goes on where it was. Numbers come from borg on
 * our side, not from the agent. An unreadable list is the keeper's problem, never "no archives".
 */
export async function recordArchives(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string },
): Promise<RecordedArchives> {
  const passphrase = await openPassphrase(ctx, input.repositoryId);
  const { archives } = await keeper.call("list-archives", { ...input, passphrase });
  const known = await ctx.db
    .select({ borgId: archiveLedger.borgId, name: archiveLedger.name })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, input.repositoryId), isNull(archiveLedger.removedAt)));
  const everSeen = await seenBefore(ctx, input.repositoryId);
  const fresh = archives.filter((archive) => !everSeen.has(archive.borgId));
  const makers = await makersOf(ctx, input.repositoryId, fresh);
  for (const archive of fresh) {
    const described = await keeper.call("describe-archive", {
      ...input,
      passphrase,
      archiveName: archive.name,
    });
    await addArchive(
      ctx,
      input,
      { ...archive, ...described, borgId: archive.borgId },
      makers.get(archive.name),
    );
  }
  const listed = new Set(archives.map((archive) => archive.borgId));
  const missing = known.filter((archive) => !listed.has(archive.borgId)).map((archive) => archive.name);
  return { listed: archives.length, added: fresh.length, missing };
}

/** Every archive the ledger ever had of a repository, removed ones too: what we removed must not come back as new. */
async function seenBefore(ctx: Ctx, repositoryId: string): Promise<Set<string>> {
  const rows = await ctx.db
    .select({ borgId: archiveLedger.borgId })
    .from(archiveLedger)
    .where(eq(archiveLedger.repositoryId, repositoryId));
  return new Set(rows.map((row) => row.borgId));
}

/** Which backup made an archive: we gave each its own name. An archive of another name was made by hand and belongs to no plan. */
async function makersOf(ctx: Ctx, repositoryId: string, archives: readonly { name: string }[]) {
  if (archives.length === 0) return new Map<string, { jobId: string; planId: string | null }>();
  const name = sql<string>`${jobs.payload} ->> 'archiveName'`;
  const rows = await ctx.db
    .select({ name, jobId: jobs.id, planId: jobs.planId })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositoryId),
        eq(jobs.kind, "backup"),
        inArray(
          name,
          archives.map((archive) => archive.name),
        ),
      ),
    )
    .orderBy(jobs.createdAt)
    .limit(archives.length * 10);
  return new Map(rows.map((row) => [row.name, { jobId: row.jobId, planId: row.planId }]));
}

type Described = KeeperOutput<"describe-archive"> & { name: string };

async function addArchive(
  ctx: Ctx,
  input: { clientId: string; repositoryId: string },
  archive: Described,
  maker: { jobId: string; planId: string | null } | undefined,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [added] = await tx
      .insert(archiveLedger)
      .values({
        id: newId(),
        repositoryId: input.repositoryId,
        borgId: archive.borgId,
        name: archive.name,
        planId: maker?.planId ?? null,
        jobId: maker?.jobId ?? null,
        observedAt: ctx.now,
        claimedStartAt: new Date(archive.startedAt),
        claimedEndAt: new Date(archive.endedAt),
        hostname: archive.hostname,
        username: archive.username,
        originalBytes: archive.originalBytes,
        compressedBytes: archive.compressedBytes,
        deduplicatedBytes: archive.deduplicatedBytes,
        fileCount: archive.files,
        durationSeconds: archive.durationSeconds,
      })
      .onConflictDoNothing()
      .returning({ id: archiveLedger.id });
    if (added) await announce(tx, { entity: "archive", id: added.id, clientId: input.clientId });
  });
}
