import { and, eq, isNull, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { sshTarget } from "../clients/ssh-target";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { repositoryMissing } from "./find-repository-owner";
import { renderUrl } from "./render-url";
import { type RepositoryRow, readRepositoryRows } from "./repository-row";

export interface RepositoryDetails extends RepositoryRow {
  url: string;
  encryption: "repokey-blake2";
  borgId: string | null;
  plans: { id: string; name: string }[];
}

/** One repository of the client that `may` is about. Refuses `not-found` for any other. */
export async function getRepository(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<RepositoryDetails> {
  const where = and(
    eq(repositories.id, input.id),
    eq(repositories.clientId, may.clientId),
    isNull(repositories.removedAt),
  );
  const [row] = await readRepositoryRows(ctx, { where, limit: 1 });
  const [stored] = await ctx.db.select({ borgId: repositories.borgId }).from(repositories).where(where);
  if (!row || !stored) throw repositoryMissing();
  const using = await ctx.db
    .select({ id: plans.id, name: plans.name })
    .from(plans)
    .where(and(eq(plans.repositoryId, row.id), isNull(plans.removedAt)))
    .orderBy(sql`lower(${plans.name})`)
    .limit(200);
  return {
    ...row,
    url: renderUrl(await sshTarget(ctx, row.clientId), row.id),
    encryption: "repokey-blake2",
    borgId: stored.borgId,
    plans: using,
  };
}
