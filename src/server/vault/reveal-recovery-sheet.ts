import { eq } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { Encryption } from "~/domain/repository";
import { demandConfirmed } from "../access/demand-confirmed";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";
import { openPassphrase } from "../repositories/passphrase";
import { openEscrow } from "./escrow-key";

/** Everything that is needed to read a repository without this server, for paper. */
export interface RecoverySheet {
  repositoryId: string;
  repositoryName: string;
  clientName: string;
  borgId: string | null;
  encryption: Encryption;
  passphrase: string;
  /** As `borg key export --paper` writes it; null: it has none, or none is in escrow yet. */
  paperKey: string | null;
}

/**
 * Key and passphrase of a repository on one sheet. Every time it is shown stands in the journal. Refuses not-found, and
 * confirmation-needed unless the person has just shown who they are.
 */
export async function revealRecoverySheet(
  ctx: Ctx,
  may: Authorized<"reveal-secrets">,
  input: { repositoryId: string },
): Promise<RecoverySheet> {
  demandConfirmed(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const [row] = await tx
      .select({
        clientName: clients.name,
        borgId: repositories.borgId,
        encryption: repositories.encryption,
      })
      .from(repositories)
      .innerJoin(clients, eq(clients.id, repositories.clientId))
      .where(eq(repositories.id, repositoryId));
    if (!row) throw new Error(`repository ${repositoryId} is missing`);
    const escrowed = await openEscrow(inTx, repositoryId);
    const sheet = {
      ...{ ...row, repositoryId, repositoryName: name },
      passphrase: await openPassphrase(inTx, repositoryId),
      paperKey: escrowed?.paper ?? null,
    };
    await appendEntry(inTx, {
      action: "repository.recovery-sheet",
      say: `Showed the recovery sheet of repository ${name}: its passphrase${escrowed ? " and its key" : ""}.`,
      ...{ clientId, repositoryId },
    });
    return sheet;
  });
}
