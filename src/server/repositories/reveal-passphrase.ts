import type { Authorized } from "~/domain/permission";
import { demandConfirmed } from "../access/demand-confirmed";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "./find-living-repository";
import { openPassphrase } from "./passphrase";

/**
 * A repository's passphrase, for a person: with it and the repository's files plain borg reads everything, on any machine. Every time it is
 * shown stands in the journal. Refuses not-found, and confirmation-needed unless the person has just shown who they are.
 */
export async function revealPassphrase(
  ctx: Ctx,
  may: Authorized<"reveal-secrets">,
  input: { repositoryId: string },
): Promise<{ passphrase: string }> {
  demandConfirmed(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const passphrase = await openPassphrase(inTx, repositoryId);
    await appendEntry(inTx, {
      action: "repository.passphrase",
      say: `Showed the passphrase of repository ${name}.`,
      ...{ clientId, repositoryId },
    });
    return { passphrase };
  });
}
