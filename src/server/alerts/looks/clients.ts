import { and, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Ctx } from "../../context";
import { clientGaps, clients } from "../../db/schema/clients";
import type { Finding } from "../sync-alerts";

const MOST = 2000;

/** Silence and lateness below this are restarts, updates and bad Wi-Fi. */
const SILENT_MINUTES = 30;

/**
 * Machines that nobody has heard of for half an hour while something of theirs was due: a backup waits for them, or their calendar came by
 * since. A laptop in a bag owes nothing, nor does one whose plan runs whenever it is there.
 */
export async function lookAtSilentClients(ctx: Ctx): Promise<Finding[]> {
  const before = new Date(ctx.now.getTime() - SILENT_MINUTES * 60_000);
  const late = sql`${before.toISOString()}::timestamptz`;
  const rows = await ctx.db
    .select({ id: clients.id, name: clients.name, lastSeenAt: clients.lastSeenAt })
    .from(clients)
    .where(
      and(
        isNull(clients.removedAt),
        isNotNull(clients.enrolledAt),
        lt(clients.lastSeenAt, before),
        sql`(exists (select from jobs j where j.client_id = ${clients}.id and j.ended_at is null
              and j.kind = 'backup' and j.state = 'queued' and coalesce(j.due_at, j.created_at) < ${late})
          or exists (select from schedules s where s.client_id = ${clients}.id and s.purpose = 'backup' and s.enabled
              and s.schedule -> 'timing' ->> 'kind' <> 'available' and (s.next_run_at < ${late} or exists (select from schedule_runs r where r.schedule_id = s.id
                and r.due_at > ${clients}.last_seen_at and r.due_at < ${late}))))`,
      ),
    )
    .orderBy(clients.id)
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `client-silent ${row.id}`, kind: "client-silent", clientId: row.id },
    title: `${row.name} is silent, and a backup is due`,
    say: `Its agent was last heard of on ${sayInstant(row.lastSeenAt)}. Is the machine on, and does its agent run?`,
  }));
}

/** Machines with folders, mounts or databases that no plan covers and nobody has dismissed. */
export async function lookAtGaps(ctx: Ctx): Promise<Finding[]> {
  const rows = await ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      count: sql<number>`count(*)::int`,
      first: sql<string>`min(${clientGaps.path})`,
    })
    .from(clientGaps)
    .innerJoin(clients, eq(clients.id, clientGaps.clientId))
    .where(and(isNull(clientGaps.dismissedAt), isNull(clients.removedAt)))
    .groupBy(clients.id, clients.name)
    .orderBy(clients.id)
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `plan-gap ${row.id}`, kind: "plan-gap", clientId: row.id },
    title: `${row.name}: ${row.count === 1 ? "a place" : `${row.count} places`} that no plan covers`,
    say: `${row.first}${row.count > 1 ? " and others" : ""}: back ${row.count > 1 ? "them" : "it"} up, or say that ${row.count > 1 ? "they need" : "it needs"} none.`,
  }));
}

const sayInstant = (at: Date | null) =>
  at === null ? "no day" : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
