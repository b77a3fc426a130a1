import { and, asc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { archiveLedger } from "../db/schema/vault";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import type { RepositoryIds } from "./copy-ledger";

/**
 * Asks borg for the numbers of archives that have none yet, at most `limit`, oldest first; each is written at once, so a restart goes
 * on where it was. Numbers come from borg on our side, not from the agent. One that borg cannot describe is asked for once only: a
 * client that commits broken archives must not keep us busy. `remaining`: there are more.
 */
export async function describeArchives(
  ctx: Ctx,
  keeper: Keeper,
  ids: RepositoryIds,
  given: { limit: number },
): Promise<{ described: number; remaining: boolean }> {
  const rows = await ctx.db
    .select({ id: archiveLedger.id, name: archiveLedger.name })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.repositoryId, ids.repositoryId),
        isNull(archiveLedger.describedAt),
        isNull(archiveLedger.removedAt),
      ),
    )
    .orderBy(asc(archiveLedger.revision))
    .limit(given.limit + 1);
  const passphrase = rows.length > 0 ? await openPassphrase(ctx, ids.repositoryId) : "";
  for (const row of rows.slice(0, given.limit)) {
    const numbers = await readNumbers(keeper, { ...ids, passphrase, archiveName: row.name });
    await ctx.db.transaction(async (tx) => {
      await tx
        .update(archiveLedger)
        .set({ ...numbers, describedAt: ctx.now })
        .where(eq(archiveLedger.id, row.id));
      await announce(tx, { entity: "archive", id: row.id, clientId: ids.clientId });
    });
  }
  return { described: Math.min(rows.length, given.limit), remaining: rows.length > given.limit };
}

async function readNumbers(
  keeper: Keeper,
  input: RepositoryIds & { passphrase: string; archiveName: string },
): Promise<Partial<typeof archiveLedger.$inferInsert>> {
  const { clientId, repositoryId, passphrase, archiveName } = input;
  try {
    const found = await keeper.call("describe-archive", { clientId, repositoryId, passphrase, archiveName });
    return {
      claimedStartAt: new Date(found.startedAt),
      claimedEndAt: new Date(found.endedAt),
      hostname: found.hostname,
      username: found.username,
      originalBytes: found.originalBytes,
      compressedBytes: found.compressedBytes,
      deduplicatedBytes: found.deduplicatedBytes,
      fileCount: found.files,
      durationSeconds: found.durationSeconds,
    };
  } catch (problem) {
    if (problem instanceof KeeperProblem && !problem.passes && problem.code !== "cancelled") return {};
    throw problem;
  }
}
