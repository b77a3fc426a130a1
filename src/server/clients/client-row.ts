import { and, count, desc, eq, inArray, isNull, max, type SQL, type SQLWrapper, sql, sum } from "drizzle-orm";
import { ENDED_STATES, type EndedState, type JobState } from "~/domain/job";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { schedules } from "../db/schema/schedules";
import { archiveLedger } from "../db/schema/vault";

/**
 * `waiting`: not enrolled. `preparing`: enrolled, its account is not there yet. `problem`: the account could not be made, or the
 * machine has no borg that we can use. Else `online` or `offline`.
 */
export const CLIENT_STATES = ["waiting", "preparing", "online", "offline", "problem"] as const;
export type ClientState = (typeof CLIENT_STATES)[number];

/** Seconds after the last poll for which a client counts as online: one held poll of 50 s and a slow network. */
export const ONLINE_SECONDS = 75;

/** A client as lists show it. */
export interface ClientRow {
  id: string;
  name: string;
  state: ClientState;
  os: string | null;
  hostname: string | null;
  agentVersion: string | null;
  borgVersion: string | null;
  /** Lower case, by name. */
  tags: string[];
  lastSeenAt: Date | null;
  lastArchiveAt: Date | null;
  lastBackup: { jobId: string; state: EndedState; endedAt: Date } | null;
  repositoryCount: number;
  planCount: number;
  /** When a backup of it begins next by itself; null: none does. */
  nextRunAt: Date | null;
  /** None does because all that would are paused, since then. */
  pausedAt: Date | null;
  /** Bytes of its repositories on disk; null until one was measured. */
  sizeBytes: number | null;
  createdAt: Date;
}

/** borg 1.2 and later of line 1: the oldest that keeps what append-only promises; 2 speaks another protocol. */
const USABLE_BORG = "^1\\.([2-9]|[1-9][0-9])";

/** Whether the machine named a borg that we can use. */
export const borgIsUsable = sql<boolean>`coalesce(${clients.machine} ->> 'borgVersion', '') ~ ${USABLE_BORG}`;

/** When a client must have been seen last to be online. */
export function onlineSince(now: Date): string {
  return new Date(now.getTime() - ONLINE_SECONDS * 1000).toISOString();
}

/** The state of a client, derived in SQL: one place for list, filter and counts. Needs a query that selects from more than one table. */
export function clientState(now: Date): SQL<ClientState> {
  return sql<ClientState>`case
    when ${clients.enrolledAt} is null then 'waiting'
    when ${clients.provisionProblem} is not null or not ${borgIsUsable} then 'problem'
    when ${clients.provisionedAt} is null then 'preparing'
    when ${clients.lastSeenAt} > ${onlineSince(now)} then 'online'
    else 'offline' end`;
}

/** When the next backup of a client begins, to be joined laterally. `clientId` names it. */
export function nextRunOf(db: Ctx["db"], clientId: SQLWrapper) {
  return db
    .select({
      at: sql<Date | null>`min(${schedules.nextRunAt}) filter (where ${schedules.enabled})`
        .mapWith(schedules.nextRunAt)
        .as("next_at"),
      pausedAt: max(schedules.pausedAt).as("paused_at"),
    })
    .from(schedules)
    .where(and(sql`${schedules.clientId} = ${clientId}`, eq(schedules.purpose, "backup")))
    .as("next_run");
}

/**
 * Reads client rows with all that is derived, in one statement. Ordered by name, or by their next backup with `nextFirst`; removed clients only
 * where `where` asks.
 */
export async function readClientRows(
  ctx: Ctx,
  given: { where: SQL | undefined; limit: number; nextFirst?: boolean },
): Promise<ClientRow[]> {
  const next = nextRunOf(ctx.db, clients.id);
  const lastBackup = ctx.db
    .select({ jobId: jobs.id, state: jobs.state, endedAt: jobs.endedAt })
    .from(jobs)
    .where(
      and(eq(jobs.clientId, clients.id), eq(jobs.kind, "backup"), inArray(jobs.state, [...ENDED_STATES])),
    )
    .orderBy(desc(jobs.createdAt))
    .limit(1)
    .as("last_backup");
  const storage = ctx.db
    .select({ count: count().as("repository_count"), bytes: sum(repositories.sizeBytes).as("bytes") })
    .from(repositories)
    .where(and(eq(repositories.clientId, clients.id), isNull(repositories.removedAt)))
    .as("storage");
  // One step into the ledger's index per repository, however many archives it holds.
  const newest = ctx.db
    .select({ observedAt: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, repositories.id), isNull(archiveLedger.removedAt)))
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1)
    .as("newest");
  const lastArchive = ctx.db
    .select({ at: max(newest.observedAt).as("last_archive_at") })
    .from(repositories)
    .leftJoinLateral(newest, sql`true`)
    .where(eq(repositories.clientId, clients.id))
    .as("last_archive");
  const planned = ctx.db
    .select({ count: count().as("plan_count") })
    .from(plans)
    .where(and(eq(plans.clientId, clients.id), isNull(plans.removedAt)))
    .as("planned");
  const rows = await ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      state: clientState(ctx.now),
      machine: clients.machine,
      tags: sql<
        string[]
      >`array(select t.tag from client_tags t where t.client_id = ${clients.id} order by t.tag)`,
      lastSeenAt: clients.lastSeenAt,
      lastArchiveAt: lastArchive.at,
      backupJobId: lastBackup.jobId,
      backupState: lastBackup.state,
      backupEndedAt: lastBackup.endedAt,
      repositoryCount: storage.count,
      planCount: planned.count,
      nextRunAt: next.at,
      pausedAt: next.pausedAt,
      sizeBytes: storage.bytes,
      createdAt: clients.createdAt,
    })
    .from(clients)
    .leftJoinLateral(lastBackup, sql`true`)
    .leftJoinLateral(storage, sql`true`)
    .leftJoinLateral(lastArchive, sql`true`)
    .leftJoinLateral(planned, sql`true`)
    .leftJoinLateral(next, sql`true`)
    .where(given.where)
    .orderBy(
      ...(given.nextFirst ? [sql`${next.at} nulls last`] : []),
      ...[sql`lower(${clients.name})`, clients.id],
    )
    .limit(given.limit);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    state: row.state,
    os: row.machine?.os ?? null,
    hostname: row.machine?.hostname ?? null,
    agentVersion: row.machine?.agentVersion ?? null,
    borgVersion: row.machine?.borgVersion ?? null,
    tags: row.tags,
    lastSeenAt: row.lastSeenAt,
    lastArchiveAt: row.lastArchiveAt,
    lastBackup: lastBackupOf(row.backupJobId, row.backupState, row.backupEndedAt),
    repositoryCount: row.repositoryCount ?? 0,
    planCount: row.planCount ?? 0,
    nextRunAt: row.nextRunAt,
    pausedAt: row.nextRunAt === null ? row.pausedAt : null,
    sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
    createdAt: row.createdAt,
  }));
}

/** A finished job as a row mentions it; null when there is none. */
export function lastBackupOf(
  jobId: string | null,
  state: JobState | null,
  endedAt: Date | null,
): { jobId: string; state: EndedState; endedAt: Date } | null {
  const ended = ENDED_STATES.find((candidate) => candidate === state);
  return jobId && ended && endedAt ? { jobId, state: ended, endedAt } : null;
}
