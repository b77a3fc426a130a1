import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { VaultState } from "~/keeper/contract/vault";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { keyEscrows, vaultIncidents, vaultStates } from "../db/schema/vault";
import { repositoryMissing } from "../repositories/find-repository-owner";
import { type IncidentRow, readIncidentRows } from "./incident-row";

export interface Vault {
  /** The keeper's record as it was copied last; null: never audited. */
  state: VaultState | null;
  /** The one that nobody has resolved yet. */
  incident: IncidentRow | null;
  /** When borg's key was put in escrow; null: it is not. */
  escrowedAt: Date | null;
  updatedAt: Date | null;
}

/** How a repository of the client that `may` is about is protected, and what is the matter with it. Refuses not-found. */
export async function getVault(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { repositoryId: string },
): Promise<Vault> {
  const [found] = await ctx.db
    .select({
      state: vaultStates.state,
      updatedAt: vaultStates.updatedAt,
      escrowedAt: keyEscrows.escrowedAt,
    })
    .from(repositories)
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, repositories.id))
    .leftJoin(keyEscrows, eq(keyEscrows.repositoryId, repositories.id))
    .where(and(eq(repositories.id, input.repositoryId), eq(repositories.clientId, may.clientId)));
  if (!found) throw repositoryMissing();
  const [incident] = await readIncidentRows(
    ctx,
    and(eq(vaultIncidents.repositoryId, input.repositoryId), isNull(vaultIncidents.resolvedAt)),
    1,
  );
  return { ...found, incident: incident ?? null };
}
