import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../../context";
import { announce } from "../../db/changes";
import { archiveScores } from "../../db/schema/archives";
import { appendEntry } from "../../journal/append-entry";
import { lockArchive } from "../lock-archive";
import { readRetentionHold } from "./retention-hold";

/**
 * Decides about a suspicious backup: `ours` says that a person did it, and it counts as ordinary from then on; `dealt-with` that it was an
 * attack or a loss and is over. Retention of the repository goes on unless another one holds it. Whoever may delete archives may do so, for
 * that is what the hold keeps from happening. Refuses archive-missing, invalid-input (not suspicious, or decided already).
 */
export async function resolveSuspicion(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  input: { archiveId: string; resolution: "ours" | "dealt-with"; reason: string },
): Promise<{ stillHeld: boolean }> {
  const { archiveId, resolution, reason } = input;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const archive = await lockArchive(inTx, may, { archiveId });
    const resolvedBy = ctx.actor.kind === "user" ? ctx.actor.userId : null;
    const resolved = await tx
      .update(archiveScores)
      .set({ resolution, reason, resolvedAt: ctx.now, resolvedBy })
      .where(
        and(
          eq(archiveScores.archiveId, archiveId),
          eq(archiveScores.strength, "strong"),
          isNull(archiveScores.resolvedAt),
        ),
      )
      .returning({ archiveId: archiveScores.archiveId });
    if (resolved.length === 0)
      throw new Refusal("invalid-input", {
        say: `${archive.name} is not suspicious, or somebody has decided about it already. Open it again.`,
      });
    const { repositoryId } = archive;
    const { clientId } = may;
    await appendEntry(inTx, {
      action: "archives.suspicion.resolved",
      say:
        resolution === "ours"
          ? `Said of the suspicious backup ${archive.name} that it was meant: ${reason}`
          : `Said of the suspicious backup ${archive.name} that it is dealt with: ${reason}`,
      ...{ clientId, repositoryId },
      detail: { archiveId, name: archive.name, resolution, reason },
    });
    await announce(tx, { entity: "archive", id: archiveId, clientId });
    await announce(tx, { entity: "repository", id: repositoryId, clientId });
    return { stillHeld: (await readRetentionHold(inTx, repositoryId)) !== null };
  });
}
