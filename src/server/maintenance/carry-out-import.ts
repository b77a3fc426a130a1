import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { findImport, markImport, openImport, type StoredImport } from "../repositories/import-row";
import { insertAdopted } from "../repositories/insert-adopted";
import { lookForImports, lookForLost } from "./look-for-imports";

/** Has the keeper read a folder with borg, and writes down what it found or why it refused. Nothing is taken. May run twice. */
export async function inspectImport(
  ctx: Ctx,
  keeper: Keeper,
  input: { importId: string },
): Promise<{ archiveCount: number; bytes: number } | Record<string, never>> {
  const row = await findImport(ctx, input.importId);
  // Discarded meanwhile.
  if (!row) return {};
  const found = await orRefused(ctx, row, () =>
    keeper.call("inspect-import", {
      ...{ clientId: row.clientId, repositoryId: row.id, candidateId: row.candidateId },
      ...openImport(row),
    }),
  );
  await ctx.db.transaction((tx) =>
    markImport({ ...ctx, db: tx }, row.id, { state: "checked", problem: null, found }),
  );
  return { archiveCount: found.archiveCount, bytes: found.bytes };
}

/** Has the keeper take a folder in, makes its row, and has it audited. May run twice: the keeper goes on where it was. */
export async function adoptRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: { importId: string },
): Promise<{ repositoryId: string; archives: number } | Record<string, never>> {
  const row = await findImport(ctx, input.importId);
  // Done by an earlier try of this job.
  if (!row) return {};
  const { found, candidateId, clientId, id } = row;
  if (found === null) throw new Error(`import ${id} is taken in and was never read`);
  const taken = await orRefused(ctx, row, async () => {
    // The keeper has it: only our row was lost.
    if (candidateId === null)
      return { location: row.location, archives: found.archiveCount, quotaBytes: found.quotaBytes };
    const adopted = await keeper.call("adopt-import", {
      ...{ clientId, repositoryId: id, candidateId, quotaBytes: null, fingerprint: found.fingerprint },
      ...openImport(row),
    });
    return { ...adopted, quotaBytes: null };
  });
  const { location, quotaBytes, archives } = taken;
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await insertAdopted(inTx, row, { found, location, quotaBytes });
    // Brings ledger, state, size and key in escrow into the console.
    await enqueueJob(inTx, { kind: "audit", clientId, repositoryId: id, payload: {} });
  });
  await (candidateId === null ? lookForLost(ctx, keeper) : lookForImports(ctx, keeper));
  return { repositoryId: id, archives };
}

/** What the keeper refuses is the person's to know; what passes by itself is tried again by the job's own rules. */
async function orRefused<T>(ctx: Ctx, row: StoredImport, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (problem) {
    if (problem instanceof KeeperProblem && !problem.passes)
      await ctx.db.transaction((tx) =>
        markImport({ ...ctx, db: tx }, row.id, { state: "refused", problem: problem.say }),
      );
    throw problem;
  }
}
