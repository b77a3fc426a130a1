import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { findLivingRepository } from "../repositories/find-living-repository";

/**
 * Asks for a repository's locks to be removed. The keeper does so only with proof that nobody is in, and says what it found. Asking twice
 * answers the job that waits or runs. Refuses not-found.
 */
export async function requestBreakLock(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { repositoryId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "break-lock", clientId, repositoryId, payload: {} },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "repository.lock.asked",
      say: `Asked to break the lock of repository ${name}, if nobody is in.`,
      ...{ clientId, repositoryId },
      detail: { jobId },
    });
    return { jobId };
  });
}

/** Has the keeper remove the locks, and journals its evidence. May run twice. */
export async function breakLock(
  ctx: Ctx,
  keeper: Keeper,
  ids: { clientId: string; repositoryId: string },
): Promise<{ removed: string[]; openSessions: number; livingProcesses: number | null }> {
  const done = await keeper.call("break-lock", { ...ids });
  await appendEntry(ctx, {
    action: "repository.lock",
    say:
      done.removed.length === 0
        ? "Looked for a lock to break: there was none, and nobody was in."
        : `Broke the lock of the repository (${done.removed.map(({ name }) => name).join(", ")}): no session was open.`,
    ...ids,
    detail: done,
  });
  return { ...done, removed: done.removed.map(({ name }) => name) };
}
