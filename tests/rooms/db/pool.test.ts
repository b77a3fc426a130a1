import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { until } from "~tests/support/until";

/** What patches/postgres mends in the driver: a connection that was cut off is forgotten with all that was meant for it. */
let postgres: TestPostgres;
let admin: Pool;
beforeAll(async () => {
  postgres = await startTestPostgres();
  admin = openPool(postgres.adminUrl, { most: 1 });
  await admin.sql`create table written (who text)`;
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
});

const cutOff = (name: string) =>
  admin.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;

it("never lets a transaction whose connection was cut off write through the next one", async () => {
  const pool = openPool(postgres.adminUrl, { most: 1, applicationName: "one" });
  let goOn = () => {};
  const other = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const late: unknown[] = [];
  const first = pool.sql.begin(async (tx) => {
    await tx`insert into written values ('first')`;
    await cutOff("one");
    await other;
    await tx`insert into written values ('late')`.catch((error) => late.push(error.code));
    await tx`commit`.catch((error) => late.push(error.code));
  });
  await expect(first).rejects.toMatchObject({ code: expect.stringMatching(/^57P01|^CONNECTION|^E/) });
  const second = pool.sql.begin(async (tx) => {
    await tx`insert into written values ('second')`;
    goOn();
    await until("the first one went on", () => late.length === 2);
    throw new Error("undone");
  });
  await expect(second).rejects.toThrow("undone");
  expect(late).toEqual(["CONNECTION_CLOSED", "CONNECTION_CLOSED"]);
  expect(await admin.sql`select * from written`).toHaveLength(0);
  await pool.end();
});

it("does the same for a connection that is reserved", async () => {
  const pool = openPool(postgres.adminUrl, { most: 1, applicationName: "reserved" });
  const own = await pool.sql.reserve();
  await own`select 1`;
  await cutOff("reserved");
  await until("it is gone", async () => (await own`select 1`.catch(() => "gone")) === "gone");
  expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
  await expect(own`insert into written values ('late')`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  own.release();
  expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
  await pool.end();
});

it("works again at once after connections were cut off under load, again and again", async () => {
  const pool = openPool(postgres.adminUrl, { most: 8, applicationName: "many" });
  const slowest: number[] = [];
  for (let round = 0; round < 15; round++) {
    let isOver = false;
    const load = Array.from({ length: 16 }, async () => {
      while (!isOver) await pool.sql`select ${round}::int, pg_sleep(0.001)`.catch(() => {});
    });
    await cutOff("many");
    isOver = true;
    await Promise.all(load);
    const began = performance.now();
    // A connection may be cut off only now: the server ends them one after another. Whoever asks again is served.
    const asks = Array.from({ length: 24 }, () =>
      until("it is answered", () =>
        pool.sql`select 1`.then(
          () => true,
          () => false,
        ),
      ),
    );
    await Promise.all(asks);
    slowest.push(performance.now() - began);
  }
  expect(Math.max(...slowest)).toBeLessThan(5000);
  await pool.end();
}, 60_000);
