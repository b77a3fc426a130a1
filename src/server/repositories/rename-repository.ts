import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { repositories } from "../db/schema/repositories";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { repositoryMissing } from "./find-repository-owner";

/** Gives a repository another name. Its id, address and folder stay, so no client notices. Refuses not-found, name-taken. */
export async function renameRepository(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; name: string },
): Promise<void> {
  const { id, name } = input;
  try {
    await ctx.db.transaction(async (tx) => {
      const living = and(
        eq(repositories.id, id),
        eq(repositories.clientId, may.clientId),
        isNull(repositories.removedAt),
      );
      const [before] = await tx
        .select({ name: repositories.name })
        .from(repositories)
        .where(living)
        .for("no key update");
      if (!before) throw repositoryMissing();
      if (before.name === name) return;
      await tx.update(repositories).set({ name }).where(living);
      await announce(tx, { entity: "repository", id, clientId: may.clientId });
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "repository.renamed",
          say: `Renamed the repository ${before.name} to ${name}.`,
          ...{ clientId: may.clientId, repositoryId: id },
          detail: { before: { name: before.name }, after: { name } },
        },
      );
    });
  } catch (error) {
    if (violates(error, "repositories_living_name"))
      throw new Refusal("name-taken", { say: `This client has a repository named ${name} already.` });
    throw error;
  }
}
