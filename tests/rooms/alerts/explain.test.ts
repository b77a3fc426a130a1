import { drizzle } from "drizzle-orm/postgres-js";
import { expect, it } from "vitest";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { queuePings } from "~/server/alerts/queue-pings";
import { readObjectives } from "~/server/alerts/read-objectives";
import type { Ctx } from "~/server/context";
import { schema } from "~/server/db";
import { alertWorld, DAILY } from "~tests/support/alert-world";

/** The tables that grow with time. */
const LARGE = ["jobs", "archive_ledger", "schedule_runs", "alert_deliveries"];

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: PlanNode[];
}

it("the looks, the pings and the objectives read no large table as a whole", async () => {
  const world = await alertWorld();
  const { sql } = world.database.pool;
  await sql.unsafe(`
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, last_seen_at)
      select 'c' || n, 'client ' || n, 'main', now(), now(), now() from generate_series(1, 300) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, 300) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || n, 'r' || n, 'plan', '[]', '[]', 'lz4', false, false, now(), now() from generate_series(1, 300) n;
    insert into schedules (id, purpose, client_id, plan_id, schedule, enabled, next_due_at, next_run_at, created_at, updated_at)
      select 's' || n, 'backup', 'c' || n, 'p' || n, '${JSON.stringify(DAILY)}', true, now() + interval '1 hour', now() + interval '1 hour', now(), now()
      from generate_series(1, 300) n;
    insert into schedule_runs (schedule_id, due_at, client_id, outcome, run_id, decided_at)
      select 's' || (n % 300 + 1), now() - n * interval '1 minute', 'c' || (n % 300 + 1), 'queued', 'u' || n, now()
      from generate_series(1, 20000) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, ended_at)
      select 'j' || n, 'u' || n, case when n % 2 = 0 then 'backup' else 'audit' end, case when n % 2 = 0 then 'agent' else 'worker' end,
        'backup', 'c' || (n % 300 + 1), 'r' || (n % 300 + 1), 'p' || (n % 300 + 1), 'succeeded', '{}',
        now() - n * interval '5 minutes', now() - n * interval '5 minutes' from generate_series(1, 30000) n;
    insert into archive_ledger (id, repository_id, plan_id, borg_id, name, observed_at, claimed_start_at)
      select 'a' || n, 'r' || (n % 300 + 1), 'p' || (n % 300 + 1), md5(n::text), 'a' || n, now() - n * interval '5 minutes', now()
      from generate_series(1, 20000) n;
    insert into alert_channels (id, kind, name, settings, min_severity, enabled, plan_id, created_at)
      select 'h' || n, 'ping', 'ping', '{}', 'info', true, 'p' || n, now() from generate_series(1, 40) n;
    insert into alert_deliveries (id, channel_id, event, state, not_before, created_at, ended_at)
      select 'd' || n, 'h' || (n % 40 + 1), 'success', 'sent', now(), now(), now() from generate_series(1, 20000) n;
    analyze`);
  const statements: { query: string; params: unknown[] }[] = [];
  const logger = { logQuery: (query: string, params: unknown[]) => statements.push({ query, params }) };
  const ctx: Ctx = { db: drizzle(sql, { schema, logger }), now: new Date(), actor: { kind: "worker" } };
  await lookForTrouble(ctx);
  await queuePings(ctx);
  await readObjectives(ctx, {});
  expect(statements.length).toBeGreaterThan(15);
  const wrong: string[] = [];
  for (const { query, params } of statements) {
    if (!/^\s*(select|with)/i.test(query)) continue;
    const [row] = await sql.unsafe(`explain (format json) ${query}`, params as string[]);
    walk(row?.["QUERY PLAN"][0].Plan, (node) => {
      if (node["Node Type"] === "Seq Scan" && LARGE.includes(node["Relation Name"] ?? ""))
        wrong.push(`${node["Relation Name"]}: ${query}`);
    });
  }
  expect(wrong).toEqual([]);
}, 60_000);

function walk(node: PlanNode, visit: (node: PlanNode) => void): void {
  visit(node);
  for (const child of node.Plans ?? []) walk(child, visit);
}
