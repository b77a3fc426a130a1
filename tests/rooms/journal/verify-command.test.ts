import { expect, it } from "vitest";
import { runBbsAdmin } from "~/cli/run-bbs-admin";
import { appendEntry } from "~/server/journal/append-entry";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE } from "~/supervisor/postgres";
import { testDatabase } from "~tests/support/database";

async function verify(...words: string[]) {
  const said = { out: "", error: "" };
  const code = await runBbsAdmin(["journal", "verify", ...words], {
    out: (text) => {
      said.out += text;
    },
    error: (text) => {
      said.error += text;
    },
    readPassword: async () => "",
  });
  return { code, ...said };
}

async function twoEntries() {
  const database = await testDatabase();
  for (const say of ["one", "two"]) await appendEntry(database.ctx(), { action: "plan.keep", say });
  return database;
}

it("`bbs-admin journal verify` counts the entries and prints the hash to keep", async () => {
  await twoEntries();
  expect(await verify()).toMatchObject({
    ...{ code: 0, error: "" },
    out: expect.stringMatching(
      /^2 entries, each follows the one before. The newest has the hash [0-9a-f]{64}\.\n$/,
    ),
  });
});

it("`bbs-admin journal verify` names the first broken entry and fails", async () => {
  const database = await twoEntries();
  await withConnection(database.url.replace(`//${APP_ROLE}@`, `//${ADMIN_ROLE}@`), (sql) =>
    sql.unsafe("set session_replication_role = replica; update journal_entries set say = 'x' where id = 1"),
  );
  const { code, error, out } = await verify("--json");
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(JSON.parse(error)).toEqual({
    error: {
      code: "journal-broken",
      say: "The journal is broken at entry 1. Entry 1 was changed after it was written.",
    },
  });
});
