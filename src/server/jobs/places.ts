import { and, asc, eq, isNotNull, or, sql } from "drizzle-orm";
import type { JobProblem } from "~/domain/job-payload";
import { findSeat, isPlaced, type PlacedLane, type Taken, waitsForTurn } from "~/domain/queue-limits";
import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { readSetting } from "../settings/read-setting";

/** A job that could begin if there is a place for it. */
export interface Seeker {
  id: string;
  lane: string;
  priority: number;
  /** Since when it stands in line; null: it does not yet. */
  turnAt: Date | null;
}

/** What the limits say about the jobs of one machine, each asked for once. */
export interface Places {
  /** Null: there is a place and it is its turn. Counts the place as taken. */
  refuse(job: Seeker): Promise<JobProblem | null>;
}

/**
 * Opens the queue's limits for the jobs of one machine: from here to the end of the transaction nobody else takes a place, so two polls
 * cannot both take the last one. Only where something is about to begin: what waits for another reason asks for no place.
 *
 * Fair is whoever stood in line first. A machine has at most one job of a lane in line, and its next one joins at the end, so one with a
 * thousand jobs and one with a single job take turns (tests/rooms/jobs/fairness). A higher priority goes before a lower one.
 */
export async function openPlaces(
  ctx: Ctx,
  machine: { clientId: string; storageNodeId: string },
): Promise<Places> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtext('bbs-places'))`);
  const limits = await readSetting(ctx, "queue");
  const taken = await countTaken(ctx, machine);
  return {
    async refuse(job) {
      if (!isPlaced(job.lane)) return null;
      const why = await judge(ctx, { limits, use: taken[job.lane], job, lane: job.lane, machine });
      if (why) return why;
      for (const lane of ["backup", "restore"] as const) taken[lane].client++;
      taken[job.lane].node++;
      taken[job.lane].server++;
      return null;
    },
  };
}

type LaneUse = Taken & {
  /** Whether anybody stands in line in this lane. */
  line: boolean;
};

async function judge(
  ctx: Ctx,
  given: {
    limits: Setting<"queue">;
    use: LaneUse;
    job: Seeker;
    lane: PlacedLane;
    machine: { storageNodeId: string };
  },
): Promise<JobProblem | null> {
  const { limits, use, job, lane, machine } = given;
  const seat = findSeat(limits, use, lane);
  if ("why" in seat) return seat.why;
  if (!use.line) return null;
  const ahead = await countAhead(ctx, { ...job, lane }, { atMost: seat.free, ...machine });
  return ahead < seat.free ? null : waitsForTurn(lane);
}

async function countTaken(
  ctx: Ctx,
  machine: { clientId: string; storageNodeId: string },
): Promise<Record<PlacedLane, LaneUse>> {
  const rows = await ctx.db.execute<{
    lane: PlacedLane;
    server: number;
    node: number;
    client: number;
    line: boolean;
  }>(sql`
    select lanes.lane,
      count(busy.id)::int as server,
      (count(*) filter (where busy.storage_node_id = ${machine.storageNodeId}))::int as node,
      (count(*) filter (where busy.client_id = ${machine.clientId}))::int as client,
      exists (select 1 from jobs w where w.turn_at is not null and w.lane = lanes.lane) as line
    from (values ('backup'), ('restore')) lanes (lane)
    left join (
      select j.id, j.lane, j.client_id, c.storage_node_id from jobs j join clients c on c.id = j.client_id
      where j.state in ('assigned', 'running') and j.executor = 'agent'
    ) busy on busy.lane = lanes.lane
    group by lanes.lane`);
  const client = rows.reduce((sum, row) => sum + row.client, 0);
  const none = { server: 0, node: 0, client: 0, line: false };
  const use = { backup: { ...none }, restore: { ...none } };
  for (const { lane, server, node, line } of rows) use[lane] = { server, node, client, line };
  return use;
}

/** How many stand in line before a job, in its lane and on its node, counted up to `atMost`. One that is not in line yet is behind all of its priority. */
export async function countAhead(
  ctx: Ctx,
  job: Seeker & { lane: string },
  given: { atMost: number; storageNodeId: string },
): Promise<number> {
  const before = or(
    sql`${jobs.priority} > ${job.priority}`,
    and(
      eq(jobs.priority, job.priority),
      job.turnAt === null
        ? undefined
        : sql`(${jobs.turnAt}, ${jobs.id}) < (${job.turnAt.toISOString()}, ${job.id})`,
    ),
  );
  const some = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .where(
      and(
        isNotNull(jobs.turnAt),
        eq(jobs.lane, sql`${job.lane}`),
        sql`${jobs.id} <> ${job.id}`,
        eq(clients.storageNodeId, given.storageNodeId),
        before,
      ),
    )
    .limit(given.atMost)
    .as("some");
  const [row] = await ctx.db.select({ ahead: sql<number>`count(*)::int` }).from(some);
  return row?.ahead ?? 0;
}

/** Wakes the machines whose jobs stand first in line, so that a place that came free is not empty until somebody happens to ask. */
export async function wakeLine(ctx: Ctx, given: { first: number }): Promise<void> {
  const first = await ctx.db
    .select({ id: jobs.id, clientId: jobs.clientId })
    .from(jobs)
    .where(isNotNull(jobs.turnAt))
    .orderBy(sql`${jobs.priority} desc nulls last`, asc(jobs.turnAt), asc(jobs.id))
    .limit(given.first);
  for (const { id, clientId } of first) {
    await announce(ctx.db, { entity: "job", id, clientId, wake: "agent" });
  }
}
