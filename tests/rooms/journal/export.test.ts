import { describe, expect, it } from "vitest";
import { GET } from "~/app/api/journal/export/route";
import { appendEntry } from "~/server/journal/append-entry";
import { entryHash, type StoredEntry } from "~/server/journal/entry-hash";
import { insertPerson, insertToken } from "~tests/support/acting-people";
import { type TestDatabase, testDatabase } from "~tests/support/database";
import { journalOf } from "~tests/support/journal";
import { until } from "~tests/support/until";

const ODD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1+1", 'a "quoted", text', "two\nlines", "plain"];

async function given(scopes: ("administer" | "view")[] = ["administer"]) {
  const database = await testDatabase();
  for (const say of ODD) await appendEntry(database.ctx(), { action: "plan.keep", say, detail: { say } });
  const { token } = await insertToken(database, { userId: database.admin.userId, scopes });
  return { database, ask: (query = "", headers: Record<string, string> = {}) => ask(token, query, headers) };
}

const ask = (token: string, query: string, headers: Record<string, string>) =>
  GET(
    new Request(`https://backup.example.test:3000/api/journal/export?${query}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    }),
  );

const exportsIn = async (database: TestDatabase) =>
  (await journalOf(database)).filter(({ action }) => action === "journal.exported");

describe("the journal as a file", () => {
  it("is CSV in which no field is a formula, and taking it out is journaled", async () => {
    const { database, ask } = await given();
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": expect.stringMatching(/^attachment; filename="journal-\d{4}-\d\d-\d\d\.csv"$/),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const rows = readCsv(await answer.text());
    expect(rows[0]?.slice(0, 3)).toEqual(["id", "at", "who"]);
    const said = rows.slice(1).map((row) => row[6]);
    expect(said.toReversed()).toEqual(ODD.map((say) => (/^[=+\-@\t\uff1d]/.test(say) ? `'${say}` : say)));
    expect(rows.flat().filter((field) => /^[=+\-@\t\r]/.test(field))).toEqual([]);
    expect(await exportsIn(database)).toMatchObject([
      {
        actorId: database.admin.userId,
        say: "Exported the whole journal as CSV.",
        detail: { format: "csv" },
      },
    ]);
  });

  it("is JSON lines with everything that the hashes are made over", async () => {
    const { database, ask } = await given();
    const lines = (await (await ask("format=jsonl")).text()).trimEnd().split("\n");
    const entries = lines.map((line) => {
      const read: StoredEntry = JSON.parse(line);
      return { ...read, at: new Date(read.at) };
    });
    expect(entries).toHaveLength(ODD.length);
    for (const entry of entries) expect(entryHash(entry)).toBe(entry.hash);
    expect(entries.slice(0, -1).map((entry) => entry.previousHash)).toEqual(
      entries.slice(1).map((entry) => entry.hash),
    );
    expect(await exportsIn(database)).toHaveLength(1);
  });

  it("holds what the filters ask for, and says so in its entry", async () => {
    const { database, ask } = await given();
    await appendEntry(database.ctx(), { action: "client.created", say: "Made web-01." });
    const text = await (await ask(`format=jsonl&group=clients&person=${database.admin.userId}`)).text();
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).say),
    ).toEqual(["Made web-01."]);
    const [told] = await exportsIn(database);
    expect(told).toMatchObject({
      say: "Exported a part of the journal as JSON lines.",
      detail: { filter: { group: "clients", person: database.admin.userId } },
    });
  });

  it.each([
    ["an unknown format", "format=xls"],
    ["an unknown kind", "group=x' or 1=1"],
    ["what is no id", "person=../../etc"],
    ["what is no day", "from=yesterday"],
  ])("refuses %s and journals no export", async (_, query) => {
    const { database, ask } = await given();
    expect((await ask(query)).status).toBe(400);
    expect(await exportsIn(database)).toEqual([]);
  });

  it("is refused to a stranger, a token without the scope, a user, and a page of another site", async () => {
    const { database } = await given();
    const { token: weak } = await insertToken(database, { userId: database.admin.userId, scopes: ["view"] });
    const userId = await insertPerson(database, { role: "user" });
    const { token: users } = await insertToken(database, { userId, scopes: ["administer"] });
    expect((await ask("bbs_nobody", "", {})).status).toBe(401);
    expect((await ask(weak, "", {})).status).toBe(403);
    expect((await ask(users, "", {})).status).toBe(403);
    const elsewhere = new Request("https://backup.example.test:3000/api/journal/export", {
      headers: { cookie: "bbs.sign-in=x", "sec-fetch-site": "cross-site" },
    });
    expect((await GET(elsewhere)).status).toBe(403);
    expect(await exportsIn(database)).toEqual([]);
    await until("both denials stand in the journal", async () => {
      const denied = (await journalOf(database)).filter(({ action }) => action === "permission.denied");
      return denied.filter(({ say }) => say.includes("journal.export")).length === 2;
    });
  });
});

/** RFC 4180, as a spreadsheet reads it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
