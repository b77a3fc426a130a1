import { and, eq } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { vaultIncidents } from "../db/schema/vault";
import type { RepositoryIds } from "./copy-ledger";
import { incidentMissing } from "./get-incident";

/**
 * The incident that a person wants to resolve, with the name of its repository typed as it is. Refuses not-found, invalid-input (another
 * name, or it is resolved already).
 */
export async function openIncidentToResolve(
  ctx: Ctx,
  may: Authorized<"maintenance" | "manage-clients">,
  input: { incidentId: string; typedName: string; what: string },
): Promise<RepositoryIds & { repositoryName: string }> {
  const [found] = await ctx.db
    .select({
      clientId: vaultIncidents.clientId,
      repositoryId: vaultIncidents.repositoryId,
      repositoryName: repositories.name,
      resolvedAt: vaultIncidents.resolvedAt,
    })
    .from(vaultIncidents)
    .innerJoin(repositories, eq(repositories.id, vaultIncidents.repositoryId))
    .where(and(eq(vaultIncidents.id, input.incidentId), eq(vaultIncidents.clientId, may.clientId)));
  if (!found) throw incidentMissing();
  if (found.resolvedAt) throw new Refusal("invalid-input", { say: "This incident is resolved already." });
  refuseOtherName(found.repositoryName, input.typedName, input.what);
  const { resolvedAt: _, ...rest } = found;
  return rest;
}

/** Refuses invalid-input unless the name was typed as it is. */
export function refuseOtherName(name: string, typedName: string, what: string): void {
  if (typedName === name) return;
  throw new Refusal("invalid-input", { say: `Type the repository's name, ${name}, to ${what}.` });
}
