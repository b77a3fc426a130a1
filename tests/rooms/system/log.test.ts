import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { describeError } from "~/server/log";
import { testDatabase } from "~tests/support/database";

it("logs why a statement failed, but not what it was given", async () => {
  const { pool } = await testDatabase();
  const error = await pool.db
    .execute(sql`select ${"a person's secret"}::int`)
    .catch((thrown: unknown) => thrown);
  const text = JSON.stringify(describeError(error));
  expect(text).toContain("select $1::int");
  expect(text).toContain("22P02");
  expect(text).not.toContain("secret");
});
