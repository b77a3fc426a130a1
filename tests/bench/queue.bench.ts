import { drizzle } from "drizzle-orm/postgres-js";
import { clientId } from "~/domain/id";
import { jobPayloads } from "~/domain/job-payload";
import { backupOrder } from "~/server/backups/backup-order";
import { openPool, type Pool, schema } from "~/server/db";
import { type AgentCtx, handOutJobs } from "~/server/jobs/hand-out-jobs";
import { takeReport } from "~/server/jobs/take-report";
import { passphrasePlace } from "~/server/repositories/passphrase";
import { sealSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import "../support/app-key";
import { reportNode, TEST_MACHINE, TEST_POLICY } from "../support/fleet";
import { personActor } from "../support/person";
import { analyzeTestDatabase, createTestDatabase, startTestPostgres } from "../support/postgres";
import { type Figure, percentile } from "./figure";

const CLIENTS = 10_000;
const QUEUED = 100_000;
const SCHEDULES = 100_000;
/** Agents that ask in the same moment. */
const AT_ONCE = 8;
const HANDED_OUT = 2000;
const IDLE = 2000;
const IN_LINE = 1000;

/** A fleet of 10,000 machines asks for work: how fast it is handed out, how fast it is told that there is none, and in how many statements. */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  const pool = openPool(await createTestDatabase(postgres.adminUrl, "bench_queue"), { most: AT_ONCE + 2 });
  (globalThis as typeof globalThis & { bbsPool?: Pool }).bbsPool = pool;
  try {
    await fill(pool);
    await analyzeTestDatabase(postgres.adminUrl, "bench_queue");
    await limits(pool, 1000);
    const work = await measure(HANDED_OUT, async (n) => {
      const [order] = await poll(pool, n);
      if (!order) throw new Error(`machine ${n} got nothing`);
      await end(pool, n, order.jobId);
    });
    // Both lanes are taken: the machine holds a backup that it reports on elsewhere, nothing new can begin.
    const idle = await measure(IDLE, (n) => poll(pool, 5000 + n, []));
    const withWork = await statementsOf(pool, 4001);
    const withoutWork = await statementsOf(pool, 4001, []);
    await limits(pool, 1);
    await poll(pool, 4002);
    const line = await measure(IN_LINE, async (n) => {
      if ((await poll(pool, 3000 + n)).length > 0) throw new Error("there was a place");
    });
    const how = `${CLIENTS} clients, ${QUEUED} queued jobs, ${SCHEDULES} schedules, ${AT_ONCE} at once, orders with passphrases, embedded PostgreSQL`;
    return [
      { name: "one hand-out and the job's end", value: 1000 / work.perSecond, unit: "ms each", bar: 50, how },
      { name: "hand-outs", value: work.perSecond, unit: "per second", bar: null, how },
      { name: "a hand-out, p95", value: work.p95, unit: "ms", bar: null, how },
      { name: "polls that get nothing", value: idle.perSecond, unit: "per second", bar: null, how },
      { name: "polls that must stand in line", value: line.perSecond, unit: "per second", bar: null, how },
      { name: "statements of a poll that gets a job", value: withWork, unit: "statements", bar: 20, how },
      { name: "statements of a poll that gets none", value: withoutWork, unit: "statements", bar: 10, how },
    ];
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function measure(count: number, act: (n: number) => Promise<unknown>) {
  const took: number[] = [];
  let next = 1;
  const begun = performance.now();
  const loop = async () => {
    while (next <= count) {
      const n = next++;
      const from = performance.now();
      await act(n);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  return { perSecond: (count * 1000) / (performance.now() - begun), p95: percentile(took, 95) };
}

function agent(pool: Pool, n: number, db = pool.db): AgentCtx {
  return { db, now: new Date(), actor: { kind: "agent", clientId: clientId.parse(`c${n}`) } };
}

async function poll(
  pool: Pool,
  n: number,
  freeLanes: ("backup" | "restore")[] = ["backup", "restore"],
  db = pool.db,
) {
  const { handedOut } = await handOutJobs(agent(pool, n, db), {
    poll: {
      ...{ protocol: 1, machine: TEST_MACHINE, policy: TEST_POLICY, freeLanes, holding: [], waitSeconds: 0 },
    },
    look: "first",
    prepare: async (ctx, job) => {
      if (job.repositoryId === null) throw new Error("only backups are queued");
      return backupOrder(ctx, job);
    },
  });
  return handedOut;
}

async function end(pool: Pool, n: number, jobId: string): Promise<void> {
  const result = {
    kind: "backup",
    archive: null,
    warnings: 0,
    borgExitCode: 0,
    borgVersion: "1.2.4",
  } as const;
  await takeReport(agent(pool, n), {
    ...{ jobId, report: { protocol: 1, lease: 1, state: "succeeded", log: [], result } },
  });
}

/** With the beginning and the end of the transaction. */
async function statementsOf(pool: Pool, n: number, lanes?: ("backup" | "restore")[]): Promise<number> {
  let count = 2;
  const logger = { logQuery: () => count++ };
  await poll(pool, n, lanes, drizzle(pool.sql, { schema, logger }));
  return count;
}

async function limits(pool: Pool, most: number): Promise<void> {
  const ctx = { db: pool.db, now: new Date(), actor: personActor({ role: "admin" as const }) };
  const value = { mostOnServer: most * 10, mostPerNode: most, mostPerClient: 2 };
  await saveSetting(ctx, { name: "queue", value });
}

async function fill({ sql, db }: Pool): Promise<void> {
  await reportNode({ db, now: new Date(), actor: { kind: "worker" } });
  const payload = jobPayloads.backup.parse({
    ...{ planId: "p1", archiveName: "queued", sources: ["/etc", "/home"], excludes: [], compression: "lz4" },
    ...{ oneFileSystem: false, excludeCaches: true },
  });
  await sql.unsafe(`
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, provisioned_at, last_seen_at)
      select 'c' || n, 'client ' || n, 'main', now(), now(), now(), now() from generate_series(1, ${CLIENTS}) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, ${CLIENTS}) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || (n % ${CLIENTS} + 1), 'r' || (n % ${CLIENTS} + 1), 'plan ' || n, '[]', '[]', 'lz4', false, false, now(), now()
      from generate_series(1, ${SCHEDULES}) n;
    insert into schedules (id, purpose, client_id, plan_id, schedule, enabled, next_due_at, next_run_at, created_at, updated_at)
      select 's' || n, 'backup', 'c' || (n % ${CLIENTS} + 1), 'p' || n, '{}', true, now() + interval '1 day', now() + interval '1 day', now(), now()
      from generate_series(1, ${SCHEDULES}) n;`);
  await sql`
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, priority)
    select 'j' || n, 'u' || n, 'backup', 'agent', 'backup', 'c' || (n % ${CLIENTS} + 1), 'r' || (n % ${CLIENTS} + 1), 'p' || n, 'queued',
      ${JSON.stringify(payload)}::text::jsonb, now() - n * interval '1 millisecond', 50
    from generate_series(1, ${QUEUED}::int) n`;
  const ids = Array.from({ length: CLIENTS }, (_, n) => `r${n + 1}`);
  const sealed = ids.map((id) => sealSecret("correct horse battery staple", passphrasePlace(id)));
  await sql`
    update repositories set passphrase_sealed = made.sealed
    from unnest(${ids}::text[], ${sealed}::text[]) as made (id, sealed) where repositories.id = made.id`;
}
