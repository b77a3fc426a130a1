import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";

/** Whose repository it is, to ask for permission with. Refuses `not-found`. */
export async function findRepositoryOwner(ctx: Ctx, input: { id: string }): Promise<Owner> {
  const [found] = await ctx.db
    .select({ clientId: repositories.clientId })
    .from(repositories)
    .where(eq(repositories.id, input.id));
  if (!found) throw repositoryMissing();
  return { ...found, missing: repositoryMissing };
}

export function repositoryMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such repository." });
}
