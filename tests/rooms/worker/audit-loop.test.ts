import { expect, inject, it, onTestFinished } from "vitest";
import { withConnection } from "~/supervisor/database";
import { startAuditLoop } from "~/worker/audit-loop";
import { type AgentWorld, agentWorld } from "~tests/support/agent-world";
import { readyRepository } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";
import { until } from "~tests/support/until";

/** A loop on a keeper that names these repositories again and again, as the real one does until they are audited. */
async function loopOver(
  world: AgentWorld,
  repositoryIds: () => string[],
  given: { refuseFirst?: boolean } = {},
): Promise<ScriptedKeeper> {
  const keeper = await new ScriptedKeeper().start();
  let refuse = given.refuseFirst ?? false;
  keeper.script["next-audits"] = () => {
    if (refuse) {
      refuse = false;
      return { refuse: "fault" };
    }
    const repositories = repositoryIds().map((repositoryId) => ({
      clientId: world.client.id,
      repositoryId,
    }));
    return repositories.length > 0 ? { output: { repositories } } : "nothing";
  };
  const loop = startAuditLoop({ callKeeper: keeper.call, pauseMs: 20, pauseAfterFailureMs: 20 });
  onTestFinished(() => loop.stop());
  return keeper;
}

async function audits(world: AgentWorld): Promise<{ repositoryId: string; state: string; id: string }[]> {
  const rows = await world.database.pool.sql`
    select id, repository_id, state from jobs where kind = 'audit' order by created_at, id`;
  return rows.map((row) => ({ id: row.id, repositoryId: row.repository_id, state: row.state }));
}

/** As if the database could not take jobs now. */
async function renameJobs(world: AgentWorld, from: string, to: string): Promise<void> {
  const [row] = await world.database.pool.sql`select current_database() as name`;
  const url = inject("databaseAdminUrl").replace("/postgres?", `/${row?.name}?`);
  await withConnection(url, (sql) => sql`alter table ${sql(from)} rename to ${sql(to)}`);
}

const askedTimes = (keeper: ScriptedKeeper, times: number) =>
  until(`the keeper is asked ${times} times`, () => keeper.calls.length >= times);

it("queues one audit for each repository that the keeper names, within a second, however often it names it", async () => {
  const world = await agentWorld();
  const second = await readyRepository(world.admin(), world.client.id, "second");
  const began = performance.now();
  const keeper = await loopOver(world, () => [world.repositoryId, second.id]);
  await until("both are queued", async () => (await audits(world)).length === 2);
  expect(performance.now() - began).toBeLessThan(1000);
  await askedTimes(keeper, 10);
  const queued = await audits(world);
  expect(queued.map((one) => one.repositoryId).sort()).toEqual([world.repositoryId, second.id].sort());
});

it("queues another one beside an audit that runs: it may have looked before the session ended", async () => {
  const world = await agentWorld();
  await loopOver(world, () => [world.repositoryId]);
  await until("one is queued", async () => (await audits(world)).length === 1);
  await world.database.pool.sql`update jobs set state = 'running' where kind = 'audit'`;
  await until("another is queued", async () => (await audits(world)).length === 2);
});

it("does not leave an audit that was put off waiting for its pause", async () => {
  const world = await agentWorld();
  let named: string[] = [world.repositoryId];
  const keeper = await loopOver(world, () => named);
  await until("one is queued", async () => (await audits(world)).length === 1);
  named = [];
  await world.database.pool.sql`
    update jobs set not_before = now() + interval '1 hour' where kind = 'audit'`;
  await keeper.stop();
  named = [world.repositoryId];
  await keeper.start();
  await until("it may begin", async () => {
    const [row] = await world.database.pool.sql`select not_before from jobs where kind = 'audit'`;
    return row?.not_before === null;
  });
  expect(await audits(world)).toHaveLength(1);
});

it("keeps what the keeper named, which does not say it twice, until the database takes it", async () => {
  const world = await agentWorld();
  let named: string[] = [];
  const keeper = await loopOver(world, () => named.splice(0));
  await renameJobs(world, "jobs", "jobs_away");
  await keeper.stop();
  named = [world.repositoryId];
  await keeper.start();
  await until("it was named", () => named.length === 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await renameJobs(world, "jobs_away", "jobs");
  await until("it is queued", async () => (await audits(world)).length === 1);
});

it("goes on after the keeper refused or was away, and ignores repositories that nobody knows", async () => {
  const world = await agentWorld();
  await loopOver(world, () => ["unknown00000000x", world.repositoryId], { refuseFirst: true });
  await until("one is queued", async () => (await audits(world)).length === 1);
});
