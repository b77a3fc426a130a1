import { drizzle } from "drizzle-orm/postgres-js";
import { expect, it } from "vitest";
import { type ArchiveFilter, listArchives } from "~/server/archives/list-archives";
import { readRetained } from "~/server/archives/read-retained";
import type { Ctx } from "~/server/context";
import { schema } from "~/server/db";
import { agentWorld } from "~tests/support/agent-world";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Plan Rows": number;
  Plans?: PlanNode[];
}

/** 100,000 archives of 200 repositories, every tenth in the trash, with their jobs' and sessions' rows. */
async function manyArchives() {
  const world = await agentWorld();
  const { sql } = world.database.pool;
  await sql.unsafe(`
    insert into clients (id, name, storage_node_id, created_at) select 'c' || n, 'client ' || n, 'main', now() from generate_series(1, 200) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, 200) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || n, 'r' || n, 'plan', '[]', '[]', 'lz4', false, false, now(), now() from generate_series(1, 200) n;
    insert into vault_states (repository_id, state, updated_at)
      select 'r' || n, '{"seals": [{"transaction": 5, "releasedAfter": null}], "rules": {"trashDays": 7}}', now() from generate_series(1, 200) n;
    insert into gate_sessions (id, storage_node_id, sequence, client_id, started_at, transaction_after)
      select n || '@main', 'main', n, 'c' || (n % 200 + 1), now(), n % 9 from generate_series(1, 100000) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, ended_at)
      select 'j' || n, 'u' || n, 'backup', 'agent', 'backup', 'c' || (n % 200 + 1), 'r' || (n % 200 + 1), 'p' || (n % 200 + 1), 'succeeded', '{}',
             now() - n * interval '1 minute', now() - n * interval '1 minute' from generate_series(1, 100000) n;
    insert into archive_ledger (id, repository_id, borg_id, name, plan_id, job_id, observed_at, claimed_start_at, session_sequence, trashed_at)
      select 'a' || n, 'r' || (n % 200 + 1), md5(n::text), 'archive ' || n, 'p' || (n % 200 + 1), 'j' || n, now() - n * interval '1 minute', now(), n,
             case when n % 10 = 0 then now() end
      from generate_series(1, 100000) n;
    analyze`);
  return world;
}

it("finds archives, living or in the trash, by indexes at 100,000 of them", async () => {
  const world = await manyArchives();
  const { sql } = world.database.pool;
  const complaints: string[] = [];
  const look = async (name: string, act: (ctx: Ctx) => Promise<unknown>) => {
    const statements: { query: string; params: unknown[] }[] = [];
    const logger = { logQuery: (query: string, params: unknown[]) => statements.push({ query, params }) };
    await act({ ...world.admin(), db: drizzle(sql, { schema, logger }) });
    expect(statements.length).toBeGreaterThan(0);
    for (const { query, params } of statements) {
      const [row] = await sql.unsafe(`explain (format json) ${query}`, params as string[]);
      walk(row?.["QUERY PLAN"][0].Plan, (node) => {
        const isLarge = ["archive_ledger", "jobs", "gate_sessions"].includes(node["Relation Name"] ?? "");
        if (isLarge && node["Node Type"] === "Seq Scan")
          complaints.push(`${name} reads all of ${node["Relation Name"]}`);
        if (node["Node Type"] === "Sort" && node["Plan Rows"] > 12_000)
          complaints.push(`${name} sorts too much`);
      });
    }
  };
  const list = (filter: ArchiveFilter) => (ctx: Ctx) => listArchives(ctx, { ...filter, limit: 50 });
  await look("all living", list({}));
  await look("all in the trash", list({ trashed: true }));
  await look("of a plan", list({ planId: "p7" }));
  await look("of a repository", list({ repositoryId: "r7" }));
  await look("trash of a repository", list({ repositoryId: "r7", trashed: true }));
  await look("retention of a plan", (ctx) => readRetained(ctx, { planId: "p7", repositoryId: "r7" }));
  const { nextCursor } = await listArchives(world.admin(), { trashed: true, limit: 50 });
  await look("next of the trash", (ctx) =>
    listArchives(ctx, { trashed: true, limit: 50, cursor: nextCursor }),
  );
  expect(complaints).toEqual([]);
}, 120_000);

function walk(node: PlanNode, visit: (node: PlanNode) => void): void {
  visit(node);
  for (const child of node.Plans ?? []) walk(child, visit);
}
