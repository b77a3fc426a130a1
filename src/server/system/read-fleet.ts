import { and, eq, isNull, sql } from "drizzle-orm";
import { type ClientState, clientState } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";

/** A living client as far as the overview counts it. */
export interface FleetClient {
  id: string;
  name: string;
  state: ClientState;
  problem: string | null;
  borgVersion: string | null;
  createdAt: Date;
  enrolledAt: Date | null;
  hasPlan: boolean;
  lastArchiveAt: Date | null;
}

/** Every living client that the actor may see by name, in one statement: the newest archive of each repository is one step into an index. */
export async function readFleet(ctx: Ctx): Promise<FleetClient[]> {
  const newest = ctx.db
    .select({ observedAt: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, repositories.id), isNull(archiveLedger.removedAt)))
    .orderBy(sql`${archiveLedger.observedAt} desc`)
    .limit(1)
    .as("newest");
  const last = ctx.db
    .select({
      clientId: repositories.clientId,
      at: sql<Date | null>`max(${newest.observedAt})`.mapWith(archiveLedger.observedAt).as("at"),
    })
    .from(repositories)
    .innerJoinLateral(newest, sql`true`)
    .where(visibleTo(ctx.actor, repositories.clientId))
    .groupBy(repositories.clientId)
    .as("last");
  const planned = ctx.db
    .selectDistinct({ clientId: plans.clientId })
    .from(plans)
    .where(and(isNull(plans.removedAt), visibleTo(ctx.actor, plans.clientId)))
    .as("planned");
  return ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      state: clientState(ctx.now),
      problem: clients.provisionProblem,
      borgVersion: sql<string | null>`${clients.machine} ->> 'borgVersion'`,
      createdAt: clients.createdAt,
      enrolledAt: clients.enrolledAt,
      hasPlan: sql<boolean>`${planned.clientId} is not null`,
      lastArchiveAt: last.at,
    })
    .from(clients)
    .leftJoin(last, eq(last.clientId, clients.id))
    .leftJoin(planned, eq(planned.clientId, clients.id))
    .where(and(isNull(clients.removedAt), visibleTo(ctx.actor, clients.id)))
    .orderBy(sql`lower(${clients.name})`, clients.id)
    .limit(20_000);
}
