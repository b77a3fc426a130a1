import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { isBorgPatched, parseBorgVersion } from "~/borg/version";
import { whyPolicyIsLoose } from "~/domain/loose-policy";
import type { SecurityFacts } from "~/domain/security-facts";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { vaultStates } from "../db/schema/vault";

const MOST_CLIENTS = 20_000;

/** What machines let a server do, which have an old borg, and how far repositories are audited and sealed. Living ones only. */
export async function readFleetSecurity(
  ctx: Pick<Ctx, "db">,
): Promise<Pick<SecurityFacts, "clients" | "repositories">> {
  const machines = await ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      policy: clients.policy,
      borgVersion: sql<string | null>`${clients.machine} ->> 'borgVersion'`,
    })
    .from(clients)
    .where(and(isNull(clients.removedAt), isNotNull(clients.enrolledAt)))
    .orderBy(asc(sql`lower(${clients.name})`), asc(clients.id))
    .limit(MOST_CLIENTS);
  return {
    clients: {
      total: machines.length,
      allowTooMuch: machines.flatMap(({ id, name, policy }) => {
        const why = policy && whyPolicyIsLoose(policy);
        return why ? [{ id, name, why }] : [];
      }),
      oldBorg: machines.flatMap(({ id, name, borgVersion }) => {
        const version = borgVersion === null ? null : parseBorgVersion(`borg ${borgVersion}`);
        return version && !isBorgPatched(version) ? [{ id, name, version: version.text }] : [];
      }),
    },
    repositories: await countRepositories(ctx),
  };
}

async function countRepositories(ctx: Pick<Ctx, "db">): Promise<SecurityFacts["repositories"]> {
  const audited = sql`${vaultStates.state} ->> 'auditedAt' is not null`;
  const sealed = sql`${vaultStates.state} ->> 'sealKind' in ('hard-links', 'reflinks')`;
  const [counted] = await ctx.db
    .select({
      total: sql<number>`count(*)::int`,
      held: sql<number>`(count(*) filter (where ${repositories.heldAt} is not null))::int`,
      neverAudited: sql<number>`(count(*) filter (where (${audited}) is not true))::int`,
      notSealed: sql<number>`(count(*) filter (where ${audited} and (${sealed}) is not true))::int`,
    })
    .from(repositories)
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, repositories.id))
    .where(and(isNull(repositories.removedAt), eq(repositories.state, "ready")));
  return counted ?? { total: 0, held: 0, neverAudited: 0, notSealed: 0 };
}
