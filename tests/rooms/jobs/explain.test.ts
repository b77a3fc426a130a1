import { drizzle } from "drizzle-orm/postgres-js";
import { beforeEach, describe, expect, it } from "vitest";
import { clientId } from "~/domain/id";
import { ACTIVE_STATES } from "~/domain/job";
import type { Grant, UserActor } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { listArchives } from "~/server/archives/list-archives";
import { listClients } from "~/server/clients/list-clients";
import type { Ctx } from "~/server/context";
import { schema } from "~/server/db";
import { claimJob } from "~/server/jobs/claim-job";
import { expireLeases } from "~/server/jobs/expire-leases";
import { getJob } from "~/server/jobs/get-job";
import { type AgentCtx, handOutJobs } from "~/server/jobs/hand-out-jobs";
import { listJobs } from "~/server/jobs/list-jobs";
import { retryLost } from "~/server/jobs/retry-lost";
import { stopOverdue } from "~/server/jobs/stop-overdue";
import { wakePutOff } from "~/server/jobs/wake-put-off";
import { listPlans } from "~/server/plans/list-plans";
import { listRepositories } from "~/server/repositories/list-repositories";
import { getOverview } from "~/server/system/get-overview";
import { listIncidents } from "~/server/vault/list-incidents";
import { type AgentWorld, agentWorld, pollBody } from "~tests/support/agent-world";
import { personActor } from "~tests/support/person";

/**
 * Asks PostgreSQL how it would do every statement of an operation when there are 100,000 jobs and 20,000 archives of 200 machines: nothing
 * may read the whole jobs table or sort a large part of it.
 */
const JOBS = 100_000;
/** The overview's grid sorts the backups of thirty days, 21,600 here. */
const MOST_SORTED = 25_000;

async function fill(world: AgentWorld): Promise<void> {
  const { sql } = world.database.pool;
  await sql.unsafe(`
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, provisioned_at)
      select 'c' || n, 'client ' || n, 'main', now(), now(), now() from generate_series(1, 200) n;
    insert into repositories (id, client_id, storage_node_id, name, state, passphrase_sealed, created_at)
      select 'r' || n, 'c' || n, 'main', 'main', 'ready', 'x', now() from generate_series(1, 200) n;
    insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
      select 'p' || n, 'c' || n, 'r' || n, 'plan', '[]', '[]', 'lz4', false, false, now(), now() from generate_series(1, 200) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, lease, created_at, ended_at, assigned_at, lease_expires_at)
      select 'j' || n, 'u' || n, k, case when k = 'backup' then 'agent' else 'worker' end, 'backup',
             'c' || (n % 200 + 1), 'r' || (n % 200 + 1), 'p' || (n % 200 + 1),
             case when n > 99900 then 'queued' when n % 50 = 0 then 'failed' else 'succeeded' end, '{}', 1,
             now() - n * interval '1 minute', case when n > 99900 then null else now() - n * interval '1 minute' end, now(), now()
      from generate_series(1, ${JOBS}) n, lateral (select case when n % 2 = 0 then 'backup' else 'audit' end k) kind;
    insert into archive_ledger (id, repository_id, borg_id, name, observed_at, claimed_start_at)
      select 'a' || n, 'r' || (n % 200 + 1), md5(n::text), 'archive ' || n, now() - n * interval '1 minute', now()
      from generate_series(1, 20000) n;
    analyze`);
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Plan Rows": number;
  Plans?: PlanNode[];
}

describe(`with ${JOBS} jobs`, () => {
  let world: AgentWorld;
  beforeEach(async () => {
    world = await agentWorld();
    await fill(world);
    await world.startBackup();
  }, 60_000);

  /** Runs an operation and returns what is wrong with the plans of its statements. */
  async function complaints(
    act: (ctx: Ctx) => Promise<unknown>,
    actor = world.database.admin,
  ): Promise<string[]> {
    const { sql } = world.database.pool;
    const statements: { query: string; params: unknown[] }[] = [];
    const logger = { logQuery: (query: string, params: unknown[]) => statements.push({ query, params }) };
    await act({ ...world.admin(), actor, db: drizzle(sql, { schema, logger }) });
    const wrong: string[] = [];
    for (const { query, params } of statements) {
      if (!/"jobs"|"archive_ledger"/.test(query) || /^insert/i.test(query)) continue;
      const [row] = await sql.unsafe(`explain (format json) ${query}`, params as string[]);
      walk(row?.["QUERY PLAN"][0].Plan, (node) => {
        const big = node["Relation Name"] === "jobs";
        if (big && /Seq Scan/.test(node["Node Type"])) wrong.push(`reads all jobs: ${query}`);
        if (/Sort/.test(node["Node Type"]) && node["Plan Rows"] > MOST_SORTED)
          wrong.push(`sorts too much: ${query}`);
      });
    }
    expect(statements.length).toBeGreaterThan(0);
    return wrong;
  }

  it("finds its way by indexes everywhere", async () => {
    const may = await authorize(world.admin(), "view", "c7");
    const agent = (ctx: Ctx): AgentCtx => ({
      ...ctx,
      actor: { kind: "agent", clientId: may.clientId },
    });
    const agentOf = (ctx: Ctx, id: string): AgentCtx => ({
      ...ctx,
      actor: { kind: "agent", clientId: clientId.parse(id) },
    });
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await world.database.pool.sql`
      update jobs set turn_at = now() where state = 'queued' and kind = 'backup' and client_id > 'c15'`;
    const page = { limit: 50 };
    const cursor = (await listJobs(world.admin(), page)).nextCursor;
    const archives = (await listArchives(world.admin(), page)).nextCursor;
    const cases: Record<string, (ctx: Ctx) => Promise<unknown>> = {
      "hand-out": (ctx) =>
        handOutJobs(agent(ctx), { poll: pollBody(), look: "first", prepare: async (_, job) => job }),
      "hand-out of work": (ctx) =>
        handOutJobs(agentOf(ctx, "c103"), {
          poll: pollBody(),
          look: "first",
          prepare: async (_, job) => job,
        }),
      "hand-out with a line": (ctx) =>
        handOutJobs(agentOf(ctx, "c105"), {
          poll: pollBody(),
          look: "first",
          prepare: async (_, job) => job,
        }),
      "what runs too long": (ctx) => stopOverdue(ctx),
      "what was put off": (ctx) => wakePutOff(ctx),
      "another try": (ctx) =>
        retryLost(ctx, { jobId: "j50", state: "failed", problem: { code: "connection-lost", say: "" } }),
      claim: (ctx) => claimJob(ctx, { storageNodeId: "main", heldBy: "w", kinds: ["audit"] }),
      "expired leases": (ctx) => expireLeases(ctx),
      "newest jobs": (ctx) => listJobs(ctx, page),
      "next page": (ctx) => listJobs(ctx, { ...page, cursor }),
      "what went wrong": (ctx) => listJobs(ctx, { ...page, states: ["failed", "warned"] }),
      "what is active": (ctx) => listJobs(ctx, { ...page, states: [...ACTIVE_STATES] }),
      "a kind of which there is none": (ctx) => listJobs(ctx, { ...page, kinds: ["restore"] }),
      "some days": (ctx) => listJobs(ctx, { ...page, from: daysAgo(40), to: daysAgo(39) }),
      "a search for one client": (ctx) => listJobs(ctx, { ...page, search: "client 77" }),
      "a search that fits every client": (ctx) => listJobs(ctx, { ...page, search: "client" }),
      "a search for nothing": (ctx) => listJobs(ctx, { ...page, search: "no such name" }),
      "jobs of a client": (ctx) => listJobs(ctx, { ...page, clientId: "c7" }),
      "jobs of a plan": (ctx) => listJobs(ctx, { ...page, planId: "p7" }),
      "jobs of a repository": (ctx) => listJobs(ctx, { ...page, repositoryId: "r7" }),
      "jobs of a run": (ctx) => listJobs(ctx, { ...page, runId: "u7" }),
      "one job": (ctx) => getJob(ctx, may, { jobId: "j6" }),
      overview: (ctx) => getOverview(ctx),
      archives: (ctx) => listArchives(ctx, page),
      "next archives": (ctx) => listArchives(ctx, { ...page, cursor: archives }),
    };
    const found: Record<string, string[]> = {};
    for (const [name, act] of Object.entries(cases)) {
      const wrong = await complaints(act);
      if (wrong.length > 0) found[name] = wrong;
    }
    expect(found).toEqual({});
  }, 60_000);

  const grant = (n: number) => ({ clientId: `c${n}`, tag: null, permissions: ["view" as const] });
  const somebody: Record<string, Grant[]> = {
    "three machines": [1, 2, 3].map(grant),
    "190 machines, one by one": Array.from({ length: 190 }, (_, n) => grant(n + 1)),
    "the machines of a tag, and one more": [{ ...grant(1), clientId: null, tag: "front" }, grant(9)],
    "every machine": [{ ...grant(1), clientId: null }],
  };

  it("finds it as well for somebody who may see only some machines, with as many statements", async () => {
    await world.database.pool.sql`insert into client_tags (client_id, tag)
      select id, 'front' from clients where id like 'c1%'`;
    await world.database.pool.sql`analyze client_tags`;
    const page = { limit: 50 };
    const lists: Record<string, (ctx: Ctx) => Promise<unknown>> = {
      jobs: (ctx) => listJobs(ctx, page),
      "jobs of a client": (ctx) => listJobs(ctx, { ...page, clientId: "c2" }),
      archives: (ctx) => listArchives(ctx, page),
      "archives of a client": (ctx) => listArchives(ctx, { ...page, clientId: "c2" }),
      trash: (ctx) => listArchives(ctx, { ...page, trashed: true }),
      incidents: (ctx) => listIncidents(ctx, page),
      clients: (ctx) => listClients(ctx, page),
      plans: (ctx) => listPlans(ctx, page),
      repositories: (ctx) => listRepositories(ctx, page),
      overview: (ctx) => getOverview(ctx),
    };
    for (const [name, act] of Object.entries(lists)) {
      const asAdmin = await statementsOf(act, world.database.admin);
      for (const [seen, grants] of Object.entries(somebody)) {
        const actor = personActor({ grants });
        expect([name, seen, await complaints(act, actor)]).toEqual([name, seen, []]);
        expect(await statementsOf(act, actor)).toBeLessThanOrEqual(asAdmin);
      }
    }
  }, 120_000);

  async function statementsOf(act: (ctx: Ctx) => Promise<unknown>, actor: UserActor): Promise<number> {
    let count = 0;
    const logger = { logQuery: () => count++ };
    await act({ ...world.admin(), actor, db: drizzle(world.database.pool.sql, { schema, logger }) });
    return count;
  }
});

function walk(node: PlanNode, visit: (node: PlanNode) => void): void {
  visit(node);
  for (const child of node.Plans ?? []) walk(child, visit);
}
