import type { Ctx } from "~/server/context";
import { openPool, type Pool } from "~/server/db";
import { listJobs } from "~/server/jobs/list-jobs";
import { getOverview } from "~/server/system/get-overview";
import { personActor } from "../support/person";
import { analyzeTestDatabase, createTestDatabase, startTestPostgres } from "../support/postgres";
import { type Figure, percentile } from "./figure";

const CLIENTS = 1000;
const JOBS = 1_000_000;
const ARCHIVES = 100_000;
const RUNS = 60;
/** Milliseconds a page's query may take. */
const BAR = 100;

/** What the Jobs page and the Overview ask of a database with a million past jobs, as an admin and as somebody with a few machines. */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  const pool = openPool(await createTestDatabase(postgres.adminUrl, "bench_lists"), { most: 6 });
  (globalThis as typeof globalThis & { bbsPool?: Pool }).bbsPool = pool;
  try {
    await fill(pool);
    await analyzeTestDatabase(postgres.adminUrl, "bench_lists");
    const admin = () => ({ db: pool.db, now: new Date(), actor: personActor({ role: "admin" }) });
    const grants = ["c1", "c2", "c3"].map((clientId) => ({
      clientId,
      tag: null,
      permissions: ["view" as const],
    }));
    const few = () => ({ ...admin(), actor: personActor({ grants }) });
    const page = { limit: 50 };
    const { nextCursor: cursor } = await listJobs(admin(), page);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    const pages: [string, (ctx: Ctx) => Promise<unknown>, (() => Ctx)?][] = [
      ["Jobs page", (ctx) => listJobs(ctx, page)],
      ["Jobs page, the next", (ctx) => listJobs(ctx, { ...page, cursor })],
      ["Jobs page, what went wrong", (ctx) => listJobs(ctx, { ...page, states: ["failed", "warned"] })],
      [
        "Jobs page, what runs",
        (ctx) => listJobs(ctx, { ...page, states: ["queued", "assigned", "running"] }),
      ],
      ["Jobs page, a rare kind", (ctx) => listJobs(ctx, { ...page, kinds: ["restore"] })],
      ["Jobs page, one client", (ctx) => listJobs(ctx, { ...page, clientId: "c77" })],
      ["Jobs page, some days long ago", (ctx) => listJobs(ctx, { ...page, from: ago(90), to: ago(88) })],
      ["Jobs page, searched by a client's name", (ctx) => listJobs(ctx, { ...page, search: "client 77" })],
      ["Jobs page, searched by what fits all", (ctx) => listJobs(ctx, { ...page, search: "client" })],
      ["Jobs page, searched for nothing", (ctx) => listJobs(ctx, { ...page, search: "no such name" })],
      ["Jobs page, of three machines", (ctx) => listJobs(ctx, page), few],
      ["Overview", (ctx) => getOverview(ctx)],
      ["Overview, of three machines", (ctx) => getOverview(ctx), few],
    ];
    const figures: Figure[] = [];
    for (const [name, act, as = admin] of pages) {
      const took = await timed(() => act(as()));
      const how = `${RUNS} in a row with ${JOBS.toLocaleString("en")} past jobs of ${CLIENTS} clients, embedded PostgreSQL`;
      figures.push({ name: `${name}, p95`, value: percentile(took, 95), unit: "ms", bar: BAR, how });
    }
    return figures;
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function timed(act: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const begun = performance.now();
    await act();
    took.push(performance.now() - begun);
  }
  return took;
}

/** Four months of four backups a day with their audits: one in fifty went wrong, a hundred restores, some jobs run and wait now. */
async function fill({ sql }: Pool): Promise<void> {
  const minute = "interval '10 seconds'";
  await sql.unsafe(`
    insert into storage_nodes (id, name, created_at) values ('main', 'main', now()) on conflict do nothing;
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, provisioned_at, last_seen_at)
      select 'c' || n, 'client ' || n, 'main', now(), now(), now(), now() from generate_series(1, ${CLIENTS}) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, ${CLIENTS}) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || n, 'r' || n, 'plan ' || n, '[]', '[]', 'lz4', false, false, now(), now()
      from generate_series(1, ${CLIENTS}) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, lease, priority,
        created_at, assigned_at, started_at, ended_at)
      select 'j' || n, 'u' || (n / 2), k, case when k = 'audit' then 'worker' else 'agent' end,
        case when k = 'audit' then 'storage' else k end,
        'c' || (n / 2 % ${CLIENTS} + 1), 'r' || (n / 2 % ${CLIENTS} + 1), 'p' || (n / 2 % ${CLIENTS} + 1), s,
        jsonb_build_object('archiveName', 'plan-' || n), 1, 50,
        at, case when s <> 'queued' then at end, case when s <> 'queued' then at end,
        case when s not in ('queued', 'running') then at + interval '5 minutes' end
      from generate_series(1, ${JOBS}) n, lateral (
        select case when n % 10000 = 0 then 'restore' when n % 2 = 0 then 'audit' else 'backup' end k,
          case when n <= 40 and n % 2 = 1 then 'running' when n <= 400 then 'queued'
            when n % 50 = 1 then 'failed' when n % 70 = 1 then 'warned' else 'succeeded' end s,
          now() - n * ${minute} as at) made
      -- One writer per repository: the running ones are of different clients.
      on conflict do nothing;
    insert into archive_ledger (id, repository_id, borg_id, name, observed_at, claimed_start_at, plan_id)
      select 'a' || n, 'r' || (n % ${CLIENTS} + 1), md5(n::text), 'archive ' || n, now() - n * interval '2 minutes', now(),
        'p' || (n % ${CLIENTS} + 1)
      from generate_series(1, ${ARCHIVES}) n;`);
}
