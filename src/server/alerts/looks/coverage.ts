import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { saysBehind } from "~/domain/coverage";
import type { Coverage } from "~/domain/repository";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { repositories } from "../../db/schema/repositories";
import { archiveLedger, vaultStates } from "../../db/schema/vault";
import { readSetting } from "../../settings/read-setting";
import type { Finding } from "../sync-alerts";

const MOST = 20_000;

/** Sealed repositories of which something was not read again within the days that the settings promise; none where nothing is promised. */
export async function lookAtCoverage(ctx: Ctx): Promise<Finding[]> {
  const { rollingChecks, checkEveryDays } = await readSetting(ctx, "maintenance");
  if (!rollingChecks) return [];
  const since = new Date(ctx.now.getTime() - checkEveryDays * 86_400_000).toISOString();
  const told = (key: keyof Coverage) => sql`${repositories.coverage} ->> ${key}`;
  const first = ctx.db
    .select({ at: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, repositories.id), isNull(archiveLedger.removedAt)))
    .orderBy(asc(archiveLedger.observedAt))
    .limit(1)
    .as("first");
  const rows = await ctx.db
    .select({
      id: repositories.id,
      name: repositories.name,
      clientId: repositories.clientId,
      clientName: clients.name,
      coverage: repositories.coverage,
      storedSince: sql<Date>`coalesce(${first.at}, ${repositories.createdAt})`.mapWith(
        repositories.createdAt,
      ),
    })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .innerJoin(vaultStates, eq(vaultStates.repositoryId, repositories.id))
    .leftJoinLateral(first, sql`true`)
    .where(
      and(
        eq(repositories.state, "ready"),
        isNull(repositories.removedAt),
        // What is held is looked at by a person first, and read by nobody.
        isNull(repositories.heldAt),
        sql`jsonb_array_length(${vaultStates.state} -> 'seals') > 0`,
        // Only those that may be behind; the rule itself decides. Instants in UTC are in order as text.
        sql`(${repositories.coverage} is null or ${told("measuredAt")} < ${since} or ${told("oldestReadAt")} < ${since}
          or (${told("overdueBytes")})::numeric > 0)`,
      ),
    )
    .orderBy(asc(repositories.id))
    .limit(MOST);
  return rows.flatMap((row): Finding[] => {
    const { coverage, storedSince } = row;
    const say = saysBehind({ coverage, storedSince, everyDays: checkEveryDays }, ctx.now);
    if (say === null) return [];
    return [
      {
        ...{ key: `coverage-behind ${row.id}`, kind: "coverage-behind" },
        ...{ clientId: row.clientId, repositoryId: row.id },
        title: `${row.clientName} / ${row.name} is behind with being read again`,
        say: `${say} Give checks more minutes a day or longer windows under Settings, Maintenance, or run a full check.`,
      },
    ];
  });
}
