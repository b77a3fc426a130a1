import { afterAll, beforeAll, expect, test } from "vitest";
import { withConnection } from "~/supervisor/database";
import {
  createTestDatabase,
  dropTestDatabase,
  startTestPostgres,
  type TestPostgres,
} from "~tests/support/postgres";

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server?.stop());

test("a cloned database has the schema and the program's role may use it", async () => {
  const url = await createTestDatabase(server.adminUrl, "one");
  expect(url).toBe(server.urlFor("one"));
  const count = await withConnection(
    url,
    async (sql) => (await sql`select count(*)::int as n from clients`)[0]?.n,
  );
  expect(count).toBe(0);
  await dropTestDatabase(server.adminUrl, "one");
});
