import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { copyRows } from "~/server/archives/catalog/copy-rows";
import { openPool } from "~/server/db";
import { startTestPostgres } from "~tests/support/postgres";
import { until } from "~tests/support/until";

it("fails at once when PostgreSQL is killed while rows are copied, and the program lives on", async () => {
  const postgres = await startTestPostgres();
  onTestFinished(() => postgres.stop());
  const admin = openPool(postgres.adminUrl);
  await admin.sql`create table slow (n integer)`;
  await admin.sql.unsafe(`create function slow() returns trigger language plpgsql as
    'begin perform pg_sleep(60); return new; end'`);
  await admin.sql`create trigger slow before insert on slow for each row execute function slow()`;
  const copier = openPool(postgres.adminUrl, { most: 1, applicationName: "copier" });
  const copied = copier.sql.begin(async (tx) => {
    const into = copyRows(tx, "slow", ["n"]);
    into.push([1]);
    await into.flush();
  });
  const failed = expect(copied).rejects.toMatchObject({
    code: expect.stringMatching(/^CONNECTION_|^57P0|^E/),
  });
  let backend = 0;
  await until("the row is copied", async () => {
    const [copying] = await admin.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where application_name = 'copier' and wait_event = 'PgSleep'`;
    backend = copying?.pid ?? 0;
    return backend > 0;
  });
  process.kill(backend, "SIGKILL");
  await Promise.race([failed, wait(10_000).then(() => Promise.reject(new Error("it hangs")))]);
});
