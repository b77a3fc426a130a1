import { expect, it } from "vitest";
import { GET as healthz } from "~/app/healthz/route";
import { GET as metrics } from "~/app/metrics/route";
import { GET as readyz } from "~/app/readyz/route";
import { insertPerson, insertToken } from "~tests/support/acting-people";
import { alertWorld } from "~tests/support/alert-world";
import { later, testDatabase } from "~tests/support/database";

const ask = (token?: string) =>
  metrics(
    new Request("https://backup.example.test:3000/metrics", {
      headers: { "x-bbs-peer": "192.0.2.9", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    }),
  );

it("tells the numbers of the installation in the text format, to a token of an admin", async () => {
  const world = await alertWorld();
  await world.archive();
  await world.job({});
  await world.job({ state: "failed", endedAt: later({ minutes: 1 }), createdAt: later({ minutes: 1 }) });
  await world.database.pool.sql`update jobs set ended_at = now() where ended_at is not null`;
  await world.look(2);
  const { token } = await insertToken(world.database, {
    userId: world.database.admin.userId,
    scopes: ["view"],
  });
  const answer = await ask(token);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (const line of [
    /^bbs_jobs\{state="queued",kind="backup"\} 1$/m,
    /^bbs_jobs_oldest_queued_seconds \d+$/m,
    /^bbs_jobs_ended_last_hour\{state="failed",kind="backup"\} 1$/m,
    /^bbs_plans\{state="ok"\} 1$/m,
    new RegExp(
      `^bbs_plan_last_archive_age_seconds\\{plan_id="${world.planId}",plan="System",client="web-01"\\} \\d+$`,
      "m",
    ),
    /^bbs_storage_free_bytes\{node="main"\} 5000000000$/m,
    /^bbs_worker_heartbeat_age_seconds\{node="main"\} \d+$/m,
    /^bbs_scheduler_lag_seconds 0$/m,
    /^bbs_alerts_open\{severity="critical",acknowledged="false"\} 0$/m,
    /^bbs_clients 1$/m,
  ])
    expect(text).toMatch(line);
});

it("tells nothing to nobody, to a stranger's token, and to a person who is no admin", async () => {
  const database = await testDatabase();
  expect((await ask()).status).toBe(401);
  expect((await ask("bbs_nobodyhasthistoken")).status).toBe(401);
  const grants = [{ clientId: null, tag: null, permissions: ["view" as const] }];
  const userId = await insertPerson(database, { grants });
  const { token } = await insertToken(database, { userId, scopes: ["view"] });
  const refused = await ask(token);
  expect(refused.status).toBe(403);
  expect(await refused.text()).not.toContain("bbs_");
  const narrow = await insertToken(database, { userId: database.admin.userId, scopes: ["backup"] });
  expect((await ask(narrow.token)).status).toBe(403);
});

it("is alive without a database, and ready with one that is migrated", async () => {
  const database = await testDatabase();
  const forget = globalThis as typeof globalThis & { bbsSchemaIsThere?: boolean };
  forget.bbsSchemaIsThere = false;
  expect((await readyz()).status).toBe(200);
  await database.pool.end();
  const answer = await readyz();
  expect(answer.status).toBe(503);
  expect(await answer.text()).toBe("The database does not answer.\n");
  expect(healthz().status).toBe(200);
});
