import { and, eq, inArray, max, sql } from "drizzle-orm";
import type { LedgerArchive } from "~/keeper/contract/archives";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { jobs } from "../db/schema/jobs";
import { archiveLedger } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";

const AT_ONCE = 1000;
/** More than this many in one batch are announced as "many". */
const MOST_SINGLE = 20;

/** Whose repository it is; what most of this room works on. */
export interface RepositoryIds {
  clientId: string;
  repositoryId: string;
}

/**
 * Copies what is new in the keeper's ledger of a repository, by revision: new archives, and marks (trash, protection, removal) that
 * changed. May run twice and beside itself: an older revision never overwrites a newer one. An archive that stood here before the
 * keeper kept a ledger keeps the earlier of the two times. A few statements per thousand archives, however many there are.
 */
export async function copyLedger(
  ctx: Ctx,
  keeper: Keeper,
  { clientId, repositoryId }: RepositoryIds,
): Promise<{ changed: number }> {
  let changed = 0;
  for (;;) {
    const [known] = await ctx.db
      .select({ revision: max(archiveLedger.revision) })
      .from(archiveLedger)
      .where(eq(archiveLedger.repositoryId, repositoryId));
    const afterRevision = known?.revision ?? 0;
    const { archives } = await keeper.call("list-ledger", {
      ...{ clientId, repositoryId, afterRevision, limit: AT_ONCE },
    });
    if (archives.length === 0) return { changed };
    await store(ctx, { clientId, repositoryId }, archives);
    changed += archives.length;
    const last = archives.at(-1)?.revision ?? 0;
    if (archives.length < AT_ONCE || last <= afterRevision) return { changed };
  }
}

async function store(ctx: Ctx, ids: RepositoryIds, archives: readonly LedgerArchive[]): Promise<void> {
  const makers = await makersOf(ctx, ids.repositoryId, archives);
  await ctx.db.transaction(async (tx) => {
    const stored = await tx
      .insert(archiveLedger)
      .values(archives.map((archive) => rowOf(ids.repositoryId, archive, makers.get(archive.name))))
      .onConflictDoUpdate({
        target: [archiveLedger.repositoryId, archiveLedger.borgId],
        set: {
          observedAt: sql`least(${archiveLedger.observedAt}, excluded.observed_at)`,
          sessionSequence: sql`excluded.session_sequence`,
          revision: sql`excluded.revision`,
          isProtected: sql`excluded.is_protected`,
          trashedAt: sql`excluded.trashed_at`,
          removedAt: sql`excluded.removed_at`,
        },
        setWhere: sql`excluded.revision > ${archiveLedger.revision}`,
      })
      .returning({ id: archiveLedger.id });
    const told = stored.length > MOST_SINGLE ? [{ id: "*" }] : stored;
    for (const { id } of told) await announce(tx, { entity: "archive", id, clientId: ids.clientId });
  });
}

type Maker = { jobId: string; planId: string | null };

function rowOf(repositoryId: string, archive: LedgerArchive, maker: Maker | undefined) {
  const instantOf = (text: string | null) => (text === null ? null : new Date(text));
  return {
    id: newId(),
    repositoryId,
    borgId: archive.borgId,
    name: archive.name,
    planId: maker?.planId ?? null,
    jobId: maker?.jobId ?? null,
    observedAt: new Date(archive.observedAt),
    claimedStartAt: new Date(archive.claimedStartAt),
    sessionSequence: archive.session,
    revision: archive.revision,
    isProtected: archive.protected,
    trashedAt: instantOf(archive.trashedAt),
    removedAt: instantOf(archive.removedAt),
  };
}

/** Which backup made an archive: we gave each its own name. An archive of another name was made by hand and belongs to no plan. */
async function makersOf(ctx: Ctx, repositoryId: string, archives: readonly { name: string }[]) {
  const name = sql<string>`${jobs.payload} ->> 'archiveName'`;
  const names = archives.map((archive) => archive.name);
  const rows = await ctx.db
    .select({ name, jobId: jobs.id, planId: jobs.planId })
    .from(jobs)
    .where(and(eq(jobs.repositoryId, repositoryId), eq(jobs.kind, "backup"), inArray(name, names)))
    .orderBy(jobs.createdAt)
    .limit(names.length * 10);
  return new Map<string, Maker>(rows.map((row) => [row.name, { jobId: row.jobId, planId: row.planId }]));
}
