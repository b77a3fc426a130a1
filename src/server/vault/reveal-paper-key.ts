import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { demandConfirmed } from "../access/demand-confirmed";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";
import { openEscrow } from "./escrow-key";

/**
 * borg's key of a repository in the form for paper, out of escrow. It is of no use without the passphrase. Every time it is shown stands in
 * the journal. Refuses not-found, repository-not-ready (no key is in escrow yet), and
 * confirmation-needed unless the person has just shown who they are.
 */
export async function revealPaperKey(
  ctx: Ctx,
  may: Authorized<"reveal-secrets">,
  input: { repositoryId: string },
): Promise<{ text: string }> {
  demandConfirmed(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const escrowed = await openEscrow(inTx, repositoryId);
    if (!escrowed) {
      throw new Refusal("repository-not-ready", {
        say: `The key of ${name} is not in escrow yet. It is exported at its first clean audit; try again then.`,
      });
    }
    await appendEntry(inTx, {
      action: "vault.paper-key",
      say: `Showed the paper key of repository ${name}.`,
      ...{ clientId, repositoryId },
    });
    return { text: escrowed.paper };
  });
}
