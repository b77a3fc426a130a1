import { drizzle } from "drizzle-orm/postgres-js";
import { nextRun } from "~/domain/next-run";
import type { Schedule } from "~/domain/schedule";
import { startDueBackups } from "~/server/backups/start-due-backups";
import { ensureStorageNode } from "~/server/clients/ensure-storage-node";
import type { Ctx } from "~/server/context";
import { openPool, type Pool, schema } from "~/server/db";
import { analyzeTestDatabase, createTestDatabase, startTestPostgres } from "../support/postgres";
import { type Figure, median, percentile } from "./figure";

const CLIENTS = 10_000;
const SCHEDULES = 100_000;
const PAST_JOBS = 1_000_000;
const DUE = 1000;
const IDLE_TICKS = 200;
const DUE_TICKS = 15;
const NOW = new Date("2026-11-23T10:00:00Z");
const SCHEDULE: Schedule = {
  ...{ timing: { kind: "daily", times: ["03:15"] }, zone: "Europe/Berlin", spreadMinutes: 90 },
  ...{ blackouts: [{ weekdays: [1, 2, 3, 4, 5], from: "07:00", to: "19:00" }], startWithinMinutes: 600 },
};

/** The worker's tick over 100,000 schedules of 10,000 clients, with a million past jobs: nothing due, and 1,000 due at once. */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  const pool = openPool(await createTestDatabase(postgres.adminUrl, "bench_schedule"), { most: 4 });
  (globalThis as typeof globalThis & { bbsPool?: Pool }).bbsPool = pool;
  try {
    await fill(pool);
    await analyzeTestDatabase(postgres.adminUrl, "bench_schedule");
    let statements = 0;
    const logger = { logQuery: () => statements++ };
    const ctx: Ctx = { db: drizzle(pool.sql, { schema, logger }), now: NOW, actor: { kind: "worker" } };
    const idle: number[] = [];
    for (let tick = 0; tick < IDLE_TICKS; tick++) idle.push(await timed(() => startDueBackups(ctx)));
    const idleStatements = statements / IDLE_TICKS;
    const busy: number[] = [];
    statements = 0;
    for (let tick = 0; tick < DUE_TICKS; tick++) {
      await makeDue(pool, tick);
      busy.push(
        await timed(async () => {
          const { queued } = await startDueBackups(ctx);
          if (queued !== DUE) throw new Error(`${queued} were queued`);
        }),
      );
    }
    const how = `${SCHEDULES} schedules of ${CLIENTS} clients, ${PAST_JOBS} past jobs, embedded PostgreSQL on a Unix socket`;
    return [
      { name: "tick with nothing due, median", value: median(idle), unit: "ms", bar: 20, how },
      { name: "tick with nothing due, p95", value: percentile(idle, 95), unit: "ms", bar: 50, how },
      {
        name: "statements of a tick with nothing due",
        value: idleStatements,
        unit: "statements",
        bar: 5,
        how,
      },
      { name: `tick with ${DUE} due, median`, value: median(busy), unit: "ms", bar: 1000, how },
      {
        name: `statements of a tick with ${DUE} due`,
        value: statements / DUE_TICKS,
        unit: "statements",
        bar: 50,
        how,
      },
      {
        name: "nextRun, mean",
        value: microsOfNextRun(),
        unit: "µs",
        bar: 20,
        how: "daily and every weekday, Europe/Berlin, one year",
      },
    ];
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function fill(pool: Pool): Promise<void> {
  await ensureStorageNode({ db: pool.db, now: NOW, actor: { kind: "worker" } });
  await pool.sql.unsafe(`
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, provisioned_at, last_seen_at)
      select 'c' || n, 'client ' || n, 'main', now(), now(), now(), now() from generate_series(1, ${CLIENTS}) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, ${CLIENTS}) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || (n % ${CLIENTS} + 1), 'r' || (n % ${CLIENTS} + 1), 'plan ' || n, '["/etc"]', '[]', 'lz4', false, false, now(), now()
      from generate_series(1, ${SCHEDULES}) n;
    insert into schedules (id, purpose, client_id, plan_id, schedule, enabled, next_due_at, next_run_at, created_at, updated_at)
      select 's' || n, 'backup', 'c' || (n % ${CLIENTS} + 1), 'p' || n, '${JSON.stringify(SCHEDULE)}', true,
        '${NOW.toISOString()}'::timestamptz + n * interval '1 second', '${NOW.toISOString()}'::timestamptz + n * interval '1 second', now(), now()
      from generate_series(1, ${SCHEDULES}) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, lease, created_at, ended_at)
      select 'j' || n, 'u' || n, 'backup', 'agent', 'backup', 'c' || (n % ${CLIENTS} + 1), 'r' || (n % ${CLIENTS} + 1), 'p' || (n % ${SCHEDULES} + 1),
        'succeeded', '{}', 1, now() - n * interval '1 minute', now() - n * interval '1 minute'
      from generate_series(1, ${PAST_JOBS}) n`);
}

/** Other thousand schedules each time, due since a minute; what was queued before has ended. */
async function makeDue(pool: Pool, round: number): Promise<void> {
  // A Sunday evening's moment, outside of the blackout and before the deadline.
  const due = new Date(NOW.getTime() - 14 * 3_600_000 - round * 60_000);
  const ids = Array.from({ length: DUE }, (_, at) => `s${round * DUE + at + 1}`);
  await pool.sql`update jobs set state = 'succeeded', ended_at = now() where ended_at is null`;
  await pool.sql`update schedules set next_due_at = ${due.toISOString()}, next_run_at = ${due.toISOString()},
    schedule = schedule || '{"blackouts": [], "startWithinMinutes": 1440}' where id = any(${ids})`;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

function microsOfNextRun(): number {
  const runs = 20_000;
  let at = NOW;
  const begin = performance.now();
  for (let run = 0; run < runs; run++) {
    nextRun(SCHEDULE, at);
    at = new Date(at.getTime() + 1_576_800);
  }
  return ((performance.now() - begin) * 1000) / runs;
}
