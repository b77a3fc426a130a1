import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { RestoreRequest } from "~/domain/restore-request";
import type { Owner } from "../access/authorize";
import { archiveMissing, findArchiveOwner } from "../archives/get-archive";
import type { Ctx } from "../context";
import { startRestore } from "./start-restore";

/** Whose archives are read and whose machine writes; the same client unless another one was named. */
export interface RestoreParties {
  from: Authorized<"restore">;
  to: Authorized<"restore">;
}

/**
 * Queues a restore. The policy that the machine last reported gives an early, friendly no; the machine itself decides.
 * Refuses archive-missing, client-not-enrolled, repository-quarantined, target-forbidden, agent-too-old, invalid-input.
 */
export async function startRestoreOfParts(
  ctx: Ctx,
  { from, to }: RestoreParties,
  request: RestoreRequest,
): Promise<{ jobId: string }> {
  const [part, ...more] = request.parts;
  const { target } = request;
  if (!part || more.length > 0) throw notYet("Only one archive can be restored from at once.");
  if (from.clientId !== to.clientId) throw notYet("Restores go to the machine that made the archive.");
  if (target.kind === "server-folder") throw notYet("The server has no restore folder.");
  if (request.existing !== "overwrite" || request.owners !== "keep" || request.dryRun) {
    throw notYet("Files that are there are overwritten, and owners are kept.");
  }
  return startRestore(ctx, from, { ...part, target });
}

/** Whose archives are asked for. Refuses archive-missing. */
export async function findPartsOwner(ctx: Ctx, request: RestoreRequest): Promise<Owner> {
  const [part] = request.parts;
  if (!part) throw archiveMissing();
  return findArchiveOwner(ctx, part);
}

function notYet(say: string): Refusal {
  return new Refusal("invalid-input", { say });
}
