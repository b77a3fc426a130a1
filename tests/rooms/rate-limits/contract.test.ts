import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { openPool } from "~/server/db";
import { openRedis, openUpstash } from "~/server/rate-limits/open-redis";
import { postgresStore } from "~/server/rate-limits/postgres-store";
import type { TryStore } from "~/server/rate-limits/try-store";
import { withConnection } from "~/supervisor/database";
import { later, TEST_START, testDatabase } from "~tests/support/database";
import { startTestRedis, type TestRedis } from "~tests/support/redis";
import { openUpstashDoor } from "~tests/support/upstash-door";

/** A store for one test. `replica`: another program that counts in the same place. */
interface Place {
  store: TryStore;
  replica(): TryStore;
  /** Ends every connection and takes none. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
  return () => redis.remove();
});

async function inPostgres(): Promise<Place> {
  const { url } = await testDatabase();
  const name = new URL(url.replace("@/", "@localhost/")).pathname.slice(1);
  const open = () => {
    const pool = openPool(url, { most: 8, applicationName: "replica" });
    onTestFinished(() => pool.end());
    return postgresStore(pool.db);
  };
  const asAdmin = (allowed: boolean) =>
    withConnection(inject("databaseAdminUrl"), async (sql) => {
      await sql`alter database ${sql(name)} with allow_connections ${sql.unsafe(String(allowed))}`;
      if (!allowed) await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
    });
  return { store: open(), replica: open, goAway: () => asAdmin(false), comeBack: () => asAdmin(true) };
}

async function inRedis(): Promise<Place> {
  const open = () => {
    const link = openRedis(redis.url, () => {});
    onTestFinished(() => link.end());
    return link;
  };
  onTestFinished(() => redis.start());
  return { store: open(), replica: open, goAway: () => redis.stop(), comeBack: () => redis.start() };
}

async function inUpstash(): Promise<Place> {
  const door = await openUpstashDoor(redis.url);
  onTestFinished(() => door.close());
  const open = () => openUpstash(door);
  return { store: open(), replica: open, goAway: () => redis.stop(), comeBack: () => redis.start() };
}

/** Other tests count in the same Redis. */
let tests = 0;
const newKey = (kind = "key") => `${kind} ${process.pid} ${++tests}`;

const now = TEST_START;
const once = (store: TryStore, quotas: { key: string; tries: number }[], at = now) =>
  store.count({ now: at, seconds: 60, quotas });
const passed = (answers: { refusedUntil: Date | null }[]) =>
  answers.filter(({ refusedUntil }) => refusedUntil === null).length;

describe.each([
  ["PostgreSQL", inPostgres],
  ["Redis", inRedis],
  ["Upstash's client", inUpstash],
])("tries counted by %s", (_, place) => {
  it("pass exactly as often as may be when 200 come at once over two replicas", async () => {
    const { store, replica } = await place();
    const other = replica();
    const quota = [{ key: newKey(), tries: 50 }];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => once(i % 2 === 0 ? store : other, quota)),
    );
    expect(passed(answers)).toBe(50);
    expect((await once(store, quota)).refusedUntil).toEqual(later({ seconds: 60 }));
  });

  it("pass exactly as often when each counts against two keys at once", async () => {
    const { store, replica } = await place();
    const other = replica();
    const quotas = [
      { key: newKey("address"), tries: 5 },
      { key: newKey("account"), tries: 5 },
    ];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => once(i % 2 === 0 ? store : other, quotas)),
    );
    expect(passed(answers)).toBe(5);
  });

  it("are not counted against a key behind one that has none left", async () => {
    const { store } = await place();
    const address = { key: newKey("address"), tries: 2 };
    const account = { key: newKey("account"), tries: 3 };
    for (let i = 0; i < 10; i++) await once(store, [address, account]);
    const from = { key: newKey("address"), tries: 2 };
    expect((await once(store, [from, account])).refusedUntil).toBeNull();
    expect((await once(store, [from, account])).refusedUntil).not.toBeNull();
  });

  it("begin a window with the first, which ends to the second and is not made longer by those refused", async () => {
    const { store } = await place();
    const quota = [{ key: newKey(), tries: 1 }];
    await once(store, quota);
    expect((await once(store, quota, later({ seconds: 59 }))).refusedUntil).toEqual(later({ seconds: 60 }));
    expect((await once(store, quota, later({ seconds: 60 }))).refusedUntil).toBeNull();
    expect((await once(store, quota, later({ seconds: 61 }))).refusedUntil).toEqual(later({ seconds: 120 }));
  });

  it("are counted anew when the clock was set back, and not when another replica's is a little behind", async () => {
    const { store } = await place();
    const quota = [{ key: newKey(), tries: 1 }];
    await once(store, quota, later({ seconds: 3600 }));
    expect((await once(store, quota)).refusedUntil).toBeNull();
    expect((await once(store, quota, later({ seconds: -50 }))).refusedUntil).toEqual(later({ seconds: 60 }));
  });

  it("are forgotten for a key, or one of them taken back, in its own window only", async () => {
    const { store } = await place();
    const key = newKey();
    const quota = [{ key, tries: 2 }];
    const giveBack = (at = now) => store.giveBack({ now: at, seconds: 60, keys: [key] });
    for (let i = 0; i < 5; i++) {
      expect((await once(store, quota)).refusedUntil).toBeNull();
      await giveBack();
    }
    await giveBack();
    await once(store, quota);
    await once(store, quota);
    expect((await once(store, quota)).refusedUntil).not.toBeNull();
    await store.forget([key]);
    expect((await once(store, quota)).refusedUntil).toBeNull();
    // A window that began later is not that of the try.
    const next = later({ seconds: 70 });
    await once(store, quota, next);
    await once(store, quota, next);
    await giveBack(now);
    expect((await once(store, quota, next)).refusedUntil).not.toBeNull();
  });

  it("do not pass while it is away, and are counted on when it is back", async () => {
    const { store, goAway, comeBack } = await place();
    const quota = [{ key: newKey(), tries: 2 }];
    await once(store, quota);
    await goAway();
    const began = performance.now();
    await expect(once(store, quota)).rejects.toThrow();
    await expect(once(store, quota)).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(10_000);
    await comeBack();
    expect(await answerOf(() => once(store, quota))).toEqual({ refusedUntil: null });
    expect((await once(store, quota)).refusedUntil).toEqual(later({ seconds: 60 }));
  });
});

/** The first answer of a store that was just started again. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

it("PostgreSQL keeps no rows of windows that are over", async () => {
  const { pool } = await testDatabase();
  const store = postgresStore(pool.db);
  for (let i = 0; i < 30; i++) await once(store, [{ key: `old ${i}`, tries: 5 }]);
  await once(store, [{ key: "new", tries: 5 }], later({ seconds: 61 }));
  const rows = await pool.sql<{ key: string }[]>`select key from rate_limits`;
  expect(rows.map(({ key }) => key)).toEqual(["new"]);
});
