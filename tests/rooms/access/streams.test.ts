import { expect, it } from "vitest";
import type { UserActor } from "~/domain/permission";
import { findSignIn } from "~/server/access/find-sign-in";
import { createCaller } from "~/server/api/root";
import type { ApiContext } from "~/server/api/trpc";
import { whileAllowed } from "~/server/api/while-allowed";
import { announce } from "~/server/db/changes";
import { doorbell } from "~/server/doorbell";
import { signedInAs } from "~tests/support/acting-people";
import { type SmallFleet, smallFleet } from "~tests/support/small-fleet";
import { until } from "~tests/support/until";

/** Somebody who is signed in, as rows, and asks again who they are as a request of theirs would. */
async function viewer({ world, web }: SmallFleet): Promise<ApiContext & { actor: UserActor }> {
  const { database } = world;
  const grants = [{ clientId: web.clientId, tag: null, permissions: ["view" as const] }];
  const actor = await signedInAs(database, { grants });
  if (actor.kind !== "user") throw new Error("not signed in");
  const { signInId } = actor;
  const refreshActor = async () =>
    (await findSignIn({ db: database.pool.db, now: new Date() }, signInId ?? "", { asSeen: false })) ?? {
      kind: "nobody" as const,
    };
  return { ...world.admin(), actor, peer: null, refreshActor };
}

it("tells of changes of what may be seen, and of nothing else", async () => {
  const fleet = await smallFleet();
  const { web, db, world } = fleet;
  const ctx = await viewer(fleet);
  const over = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    const changes = await createCaller(ctx, { signal: over.signal }).live.changes({});
    for await (const change of changes) if ("entity" in change) seen.push(`${change.entity} ${change.id}`);
  })();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const pool = world.database.pool.db;
  for (let n = 0; n < 30; n++)
    await announce(pool, { entity: "job", id: `foreign${n}`, clientId: db.clientId });
  await announce(pool, { entity: "system", id: "main", clientId: null });
  await announce(pool, { entity: "plan", id: web.planId, clientId: web.clientId });
  await new Promise((resolve) => setTimeout(resolve, 600));
  over.abort();
  await following;
  expect(seen).toEqual([`plan ${web.planId}`]);
});

const LOSSES = {
  "the sign-in is ended": "update sign_ins set ended_at = now()",
  "the account is disabled": "update users set disabled_at = now() where role = 'user'",
  "the permission is taken away": "delete from grants",
  "a second factor is demanded": `insert into settings (name, value, changed_at)
    values ('sign-in', '{"requireSecondFactor": true}', now())`,
};

it.each(Object.entries(LOSSES))("ends both streams within five seconds when %s", async (_, statement) => {
  const fleet = await smallFleet();
  const { web, world } = fleet;
  const asked = createCaller(await viewer(fleet));
  const drained = async (stream: AsyncIterable<unknown>) => {
    for await (const _event of stream);
  };
  const watching = drained(await asked.jobs.watch({ id: web.queuedJobId })).catch((error: Error) => error);
  const following = drained(await asked.live.changes({})).catch((error: Error) => error);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const began = performance.now();
  await world.database.pool.sql.unsafe(statement);
  expect(await watching).toBeInstanceOf(Error);
  expect(await following).toBeInstanceOf(Error);
  expect(performance.now() - began).toBeLessThan(5_000);
});

it("begins the live stream anew when somebody may see more than before", async () => {
  const fleet = await smallFleet();
  const { db, world } = fleet;
  const ctx = await viewer(fleet);
  const following = (async () => {
    for await (const _event of await createCaller(ctx).live.changes({}));
    return "ended quietly";
  })();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await world.database.pool.sql`insert into grants (id, user_id, client_id, permissions, created_at)
    values ('more', ${ctx.actor.userId}, ${db.clientId}, '{view}', now())`;
  expect(await following).toBe("ended quietly");
});

it("looks again and again without keeping an idle sign-in alive, and stops with its reader", async () => {
  const fleet = await smallFleet();
  const ctx = await viewer(fleet);
  const { sql } = fleet.world.database.pool;
  await sql`update sign_ins set last_seen_at = now() - interval '1 hour'`;
  let looks = 0;
  const stream = whileAllowed(ctx, {
    still: async ({ actor }) => {
      looks++;
      return actor.kind === "user";
    },
    signal: undefined,
    stream: async function* (signal) {
      for (let n = 0; !signal.aborted; n++) {
        await doorbell().wait({ ms: 20, signal });
        yield n;
      }
    },
    lookMs: 30,
  });
  for await (const n of stream) if (n === 10) break;
  expect(looks).toBeGreaterThan(2);
  const after = looks;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(looks).toBe(after);
  const [row] =
    await sql`select count(*)::int as n from sign_ins where last_seen_at > now() - interval '50 minutes'`;
  expect(row?.n).toBe(0);
});

it.each([false, true])(
  "a folder that took long to read: permission taken away meanwhile: %s",
  async (taken) => {
    const fleet = await smallFleet();
    const { sql, db } = fleet.world.database.pool;
    const ctx = { ...(await viewer(fleet)), now: new Date(Date.now() - 4_000) };
    const answer = createCaller(ctx)
      .archives.folder({ id: fleet.web.archiveId, path: "ZXRj" })
      .catch((error: Error) => error);
    const asked = () =>
      sql<{ id: string }[]>`select id from jobs where kind = 'list-folder' and ended_at is null`;
    await until("the folder is asked for", async () => (await asked()).length === 1);
    const [job] = await asked();
    const folder = JSON.stringify({ kind: "list-folder", entries: [], truncated: false });
    if (taken) await sql`delete from grants`;
    await sql`update jobs set state = 'succeeded', ended_at = now(), result = ${folder}::jsonb
    where id = ${String(job?.id)}`;
    await announce(db, { entity: "job", id: String(job?.id), clientId: fleet.web.clientId });
    if (taken) expect(await answer).toMatchObject({ code: "NOT_FOUND" });
    else expect(await answer).toMatchObject({ entries: [] });
  },
);
