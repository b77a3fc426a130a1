import type { Authorized } from "~/domain/permission";
import { demandConfirmed } from "../access/demand-confirmed";
import type { Ctx } from "../context";
import { endBackupsOfRepository } from "../jobs/end-backups-of-repository";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { Hold } from "../jobs/worker-jobs";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { findLivingRepository } from "../repositories/find-living-repository";
import { openPassphrase } from "../repositories/passphrase";
import { auditRepository } from "../vault/audit-repository";
import { copyLedger } from "../vault/copy-ledger";
import { copyState } from "../vault/copy-state";
import { refuseOtherName } from "../vault/incident-to-resolve";
import { resolveIncident } from "../vault/resolve-incident";
import { withProgress } from "./with-progress";

type Ids = { clientId: string; repositoryId: string };

/**
 * Asks for a repository to be repaired in which a check found damage; its name must be typed as it is, and the person must have shown the
 * second factor lately. The keeper itself demands the damage, and keeps the state of before. Asking twice answers the job that waits or
 * runs. Refuses not-found, confirmation-needed, invalid-input.
 */
export async function requestRepair(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; typedName: string },
): Promise<{ jobId: string }> {
  demandConfirmed(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { name, ids } = await named(inTx, may, { ...input, what: "repair it" });
    await endBackupsOfRepository(inTx, {
      repositoryId: ids.repositoryId,
      problem: { code: "repository-quarantined", say: "Ended, because the repository is repaired." },
    });
    return ask(inTx, ids, {
      kind: "repair-repository",
      action: "repository.repair.asked",
      say: `Asked to repair repository ${name}.`,
    });
  });
}

/**
 * Asks for the state of before a repair; its name must be typed as it is. The keeper says whether that is still possible. Refuses not-found,
 * confirmation-needed, invalid-input.
 */
export async function requestUndoRepair(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; typedName: string },
): Promise<{ jobId: string }> {
  demandConfirmed(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { name, ids } = await named(inTx, may, { ...input, what: "undo its repair" });
    return ask(inTx, ids, {
      kind: "undo-repair",
      action: "repository.repair-undo.asked",
      say: `Asked to undo the repair of repository ${name}.`,
    });
  });
}

/** The repository, if its name was typed as it is. */
async function named(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; typedName: string; what: string },
) {
  const { clientId, repositoryId, name } = await findLivingRepository(ctx, may, { repositoryId: input.id });
  refuseOtherName(name, input.typedName, input.what);
  return { name, ids: { clientId, repositoryId } };
}

async function ask(
  ctx: Ctx,
  ids: Ids,
  given: {
    kind: "repair-repository" | "undo-repair";
    action: "repository.repair.asked" | "repository.repair-undo.asked";
    say: string;
  },
): Promise<{ jobId: string }> {
  const { kind, action, say } = given;
  const { jobId } = await enqueueOnce(ctx, { kind, ...ids, payload: {} }, { unless: "unfinished" });
  await appendEntry(ctx, { action, say, ...ids, detail: { jobId } });
  return { jobId };
}

/** Has the keeper repair it; from then on it is held, and an incident asks for the decision. May run twice: the keeper answers as before. */
export async function repairRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: Ids & { hold: Hold },
): Promise<object> {
  const { clientId, repositoryId } = input;
  const ids = { clientId, repositoryId };
  const passphrase = await openPassphrase(ctx, repositoryId);
  const done = await withProgress(keeper, input, keeper.call("repair-repository", { ...ids, passphrase }));
  const { lostArchives, damagedFileCount } = done;
  await appendEntry(ctx, {
    action: "repository.repaired",
    say: `Repaired the repository: ${lostArchives.length} archives are lost, ${damagedFileCount} files have gaps. It waits for a decision.`,
    ...ids,
    detail: done,
  });
  // Finds the hold, and opens the incident at once.
  await auditRepository(ctx, keeper, ids);
  return done;
}

/** Has the keeper put back the state of before a repair, and closes the incident that asked for the decision. May run twice. */
export async function undoRepair(
  ctx: Ctx,
  keeper: Keeper,
  input: Ids & { requestedBy: string | null },
): Promise<{ undone: boolean }> {
  const { clientId, repositoryId, requestedBy } = input;
  const ids = { clientId, repositoryId };
  const { undone } = await keeper.call("undo-repair", ids);
  const { hold } = await keeper.call("vault-state", ids);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    // Held for the damage before: that decision is still open.
    if (hold === null)
      await resolveIncident(inTx, ids, {
        ...{ resolution: "rolled-back", resolvedBy: requestedBy },
        ...{ reason: "The repair was undone.", outcome: { undone } },
      });
    await appendEntry(inTx, {
      action: "repository.repair-undone",
      say: undone
        ? "Undid the repair: the repository is as it was before."
        : "Asked to undo a repair: none was left to be undone. It was undone already, or its way back is over.",
      ...ids,
      detail: { undone },
    });
  });
  await copyLedger(ctx, keeper, ids);
  await copyState(ctx, keeper, ids);
  return { undone };
}
