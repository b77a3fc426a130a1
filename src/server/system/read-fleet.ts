import { and, isNull, sql } from "drizzle-orm";
import { type ClientState, clientState } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
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
}

/** Every living client that the actor may see by name, in one statement. */
export async function readFleet(ctx: Ctx): Promise<FleetClient[]> {
  return ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      state: clientState(ctx.now),
      problem: clients.provisionProblem,
      borgVersion: sql<string | null>`${clients.machine} ->> 'borgVersion'`,
      createdAt: clients.createdAt,
      enrolledAt: clients.enrolledAt,
    })
    .from(clients)
    .where(and(isNull(clients.removedAt), visibleTo(ctx.actor, clients.id)))
    .orderBy(sql`lower(${clients.name})`, clients.id)
    .limit(20_000);
}
