import { describe, expect, it } from "vitest";
import type { JournalAction } from "~/domain/journal-action";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { appendEntry } from "~/server/journal/append-entry";
import { listEntries } from "~/server/journal/list-entries";
import { verifyJournal } from "~/server/journal/verify-journal";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE, OWNER_ROLE } from "~/supervisor/postgres";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";
import { enrolledClient, reportNode } from "~tests/support/fleet";

const ACTION: JournalAction = "plan.keep";
const note = (ctx: Ctx, say: string, more: { clientId?: string; detail?: Record<string, unknown> } = {}) =>
  appendEntry(ctx, { action: ACTION, say, ...more });

/** As somebody with more rights than the programs have: the owner of the tables, or the cluster's superuser. */
function as(role: typeof OWNER_ROLE | typeof ADMIN_ROLE, database: TestDatabase) {
  const url = database.url.replace(`//${APP_ROLE}@`, `//${role}@`);
  return (statements: string) => withConnection(url, (sql) => sql.unsafe(statements));
}

/** What the superuser does past the triggers, as an attacker with the whole machine would. */
const tamper = (database: TestDatabase, statement: string) =>
  as(ADMIN_ROLE, database)(`set session_replication_role = replica; ${statement}`);

async function threeEntries() {
  const database = await testDatabase();
  for (const n of [1, 2, 3])
    await note(database.ctx(), `entry ${n}`, { detail: { n, b: { y: [1, null], x: "ü" } } });
  return database;
}

describe("the journal", () => {
  it("tells who did what, newest first, page by page, of one client or of all", async () => {
    const database = await testDatabase();
    await reportNode(database.ctx());
    const { id: clientId } = await enrolledClient(database.ctx(), "web-01");
    await note(database.ctx(), "by a person");
    await note(database.workerCtx(), "by the server", { clientId });
    await note(database.agentCtx(clientId), "by a machine", { clientId });
    await note(database.nobodyCtx(), "by hand");
    const first = await listEntries(database.ctx(), { limit: 3 });
    const second = await listEntries(database.ctx(), { limit: 1, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map((row) => [row.who, row.say])).toEqual([
      ["somebody on the server itself", "by hand"],
      ["the agent of web-01", "by a machine"],
      ["the server", "by the server"],
      ["Ada Admin", "by a person"],
    ]);
    const [oldest] = (await listEntries(database.ctx(), { limit: 200 })).items.slice(-1);
    expect(oldest).toMatchObject({ id: 1, say: "Made the client web-01.", clientName: "web-01" });
    const third = await listEntries(database.ctx(), { limit: 200, cursor: second.nextCursor });
    expect(third).toMatchObject({ nextCursor: null, items: expect.arrayContaining([oldest]) });
    const caller = createCaller({ ...database.ctx(), peer: null });
    const ofClient = await caller.journal.list({ clientId, limit: 50 });
    expect(ofClient.items.map((row) => row.say).slice(0, 2)).toEqual(["by a machine", "by the server"]);
    expect(ofClient.items.every((row) => row.clientId === clientId)).toBe(true);
  });

  it("is for admins only", async () => {
    const database = await testDatabase();
    const user = database.ctx({ actor: { ...database.admin, role: "user" } });
    const caller = createCaller({ ...user, peer: null });
    await expect(caller.journal.list({ limit: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("has an entry exactly if what it tells of happened", async () => {
    const database = await testDatabase();
    await note(database.ctx(), "stays");
    const failing = database.pool.db.transaction(async (tx) => {
      await note({ ...database.ctx(), db: tx }, "rolled back");
      throw new Error("the work failed");
    });
    await expect(failing).rejects.toThrow("the work failed");
    await note(database.ctx(), "next");
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 2 });
  });

  it("stays one chain when many append at once", async () => {
    const database = await testDatabase();
    await Promise.all(Array.from({ length: 60 }, (_, n) => note(database.ctx(), `entry ${n}`)));
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 60 });
  });

  it("verifies what it stored: any key order, odd numbers, broken text, dates, what JSON cannot say", async () => {
    const database = await testDatabase();
    const at = later({ seconds: 1.234 });
    await note(database.ctx({ now: at }), "odd \0 \ud800 text", {
      detail: {
        ...{ z: 1, a: { 10: "ten", 9: "nine", b: undefined }, "": [[]], when: at },
        ...{ tiny: 1e-7, huge: 1e300, minus: -0, half: 0.1, none: null, text: "\0\udfff" },
      },
    });
    await note(database.ctx(), "next");
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 2 });
  });

  it("is intact while it is empty", async () => {
    const database = await testDatabase();
    expect(await verifyJournal(database.ctx())).toEqual({ intact: true, entries: 0, headHash: null });
  });
});

describe("with the rights of the programs (bbs_app)", () => {
  const values = (id: number, previous: string, hash = "b".repeat(64)) =>
    `insert into journal_entries (id, at, actor_kind, action, say, detail, previous_hash, hash)
     values (${id}, now(), 'worker', 'plan.keep', 'forged', '{}', '${previous}', '${hash}')`;
  const head = "(select hash from journal_entries where id = 3)";

  it.each([
    ["UPDATE", "update journal_entries set say = 'nothing happened' where id = 2"],
    ["UPDATE of the hash", "update journal_entries set hash = hash"],
    ["UPDATE by upsert", `${values(3, "a".repeat(64))} on conflict (id) do update set say = 'x'`],
    [
      "UPDATE by MERGE",
      "merge into journal_entries j using (select 2 as id) s on j.id = s.id when matched then update set say = 'x'",
    ],
    ["DELETE", "delete from journal_entries where id = 3"],
    ["DELETE in a CTE", "with gone as (delete from journal_entries returning id) select * from gone"],
    ["TRUNCATE", "truncate journal_entries"],
    ["TRUNCATE CASCADE", "truncate clients, journal_entries cascade"],
    ["SELECT FOR UPDATE", "select * from journal_entries for update"],
    ["LOCK", "begin; lock table journal_entries in access exclusive mode; commit"],
    ["DROP", "drop table journal_entries"],
    ["a dropped trigger", "drop trigger journal_entries_append_only on journal_entries"],
    ["a disabled trigger", "alter table journal_entries disable trigger all"],
    ["replica mode", "set session_replication_role = replica"],
    [
      "another function",
      "create or replace function public.refuse_journal_change() returns trigger language plpgsql as 'begin return old; end'",
    ],
    ["a rule", "create rule swallow as on insert to journal_entries do instead nothing"],
    [
      "another trigger",
      "create trigger mine before insert on journal_entries for each row execute function public.refuse_journal_change()",
    ],
    ["a grant to itself", "grant update on journal_entries to bbs_app; update journal_entries set say = 'x'"],
    ["another role", "set role bbs_owner"],
    ["a new column", "alter table journal_entries add column note text"],
    ["a schema in front", "create schema mine"],
    ["an entry with a gap", values(9_000_000_000, "a".repeat(64))],
    ["an entry in the middle", values(2, "a".repeat(64))],
    ["an entry on another one", values(4, "a".repeat(64))],
    ["an entry without a hash", values(4, "a".repeat(64), "").replace(`'${"a".repeat(64)}'`, head)],
    [
      "two entries at one place",
      `${values(4, "a".repeat(64)).replace(`'${"a".repeat(64)}'`, head)}, (4, now(), 'worker', 'x', 'x', '{}', ${head}, '${"c".repeat(64)}')`,
    ],
    ["COPY", "copy journal_entries to program 'cat'"],
  ])("%s changes nothing", async (_, statement) => {
    const database = await threeEntries();
    const read = () => database.pool.sql`select * from journal_entries order by id`;
    const before = await read();
    // insufficient_privilege, or integrity_constraint_violation of the chain: not a typing mistake of this test.
    const refusal = { code: expect.stringMatching(/^(42501|23000)$/) };
    await withConnection(database.url, (sql) => expect(sql.unsafe(statement)).rejects.toMatchObject(refusal));
    expect([...(await read())]).toEqual([...before]);
    await note(database.ctx(), "and it goes on");
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 4 });
  });

  it("a table of the same name in front misleads only who made it", async () => {
    const database = await threeEntries();
    await withConnection(database.url, async (sql) => {
      await sql`create temporary table journal_entries (like public.journal_entries)`;
      await sql`delete from journal_entries`;
    });
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 3 });
  });

  it("has no more rights on it than reading and adding", async () => {
    const database = await testDatabase();
    const rights = await database.pool.sql`
      select privilege_type from information_schema.role_table_grants
      where table_name = 'journal_entries' and grantee = ${APP_ROLE} order by 1`;
    expect(rights.map((row) => row.privilege_type)).toEqual(["INSERT", "SELECT"]);
  });
});

describe("with the rights of the owner", () => {
  it.each([
    ["UPDATE", "update journal_entries set say = 'x'"],
    ["DELETE", "delete from journal_entries"],
    ["TRUNCATE", "truncate journal_entries"],
  ])("%s is refused by the trigger all the same", async (_, statement) => {
    const database = await threeEntries();
    await expect(as(OWNER_ROLE, database)(statement)).rejects.toThrow("the journal is append-only");
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 3 });
  });
});

describe("what somebody with the whole database did shows", () => {
  it.each([
    ["a changed sentence", "update journal_entries set say = 'nothing' where id = 2", 2, "was changed"],
    ["a changed detail", "update journal_entries set detail = '[]' where id = 1", 1, "was changed"],
    [
      "an object made a list of pairs",
      `update journal_entries set detail = '{"n": 3, "b": ["{", ["x", "ü"]]}' where id = 3`,
      3,
      "was changed",
    ],
    ["another time", "update journal_entries set at = at - interval '1 ms' where id = 3", 3, "was changed"],
    ["another actor", "update journal_entries set actor_id = 'somebody' where id = 3", 3, "was changed"],
    ["a missing entry", "delete from journal_entries where id = 2", 3, "Entry 2 is missing"],
    ["missing first ones", "delete from journal_entries where id < 3", 3, "Entries 1 to 2 are missing"],
    [
      "closed ranks",
      "delete from journal_entries where id = 2; update journal_entries set id = 2 where id = 3",
      2,
      "does not follow entry 1",
    ],
    [
      "one before the first",
      "update journal_entries set id = -1 where id = 1",
      -1,
      "stands before the first",
    ],
    ["a hash made anew", "update journal_entries set hash = repeat('a', 64) where id = 1", 1, "was changed"],
  ] as const)("%s", async (_, statement, entryId, say) => {
    const database = await threeEntries();
    await tamper(database, statement);
    const verdict = await verifyJournal(database.ctx());
    expect(verdict).toMatchObject({ intact: false, entryId, say: expect.stringContaining(say) });
  });

  it("but for missing last entries, which only a hash kept elsewhere tells", async () => {
    const database = await threeEntries();
    const before = await verifyJournal(database.ctx());
    await tamper(database, "delete from journal_entries where id = 3");
    const after = await verifyJournal(database.ctx());
    expect(after).toMatchObject({ intact: true, entries: 2 });
    expect(after).not.toMatchObject({ headHash: (before as { headHash: string }).headHash });
  });
});

it("reads 1,200 entries in several pieces and finds the one that is wrong", async () => {
  const database = await testDatabase();
  await database.pool.db.transaction(async (tx) => {
    for (let n = 1; n <= 1200; n++) await note({ ...database.ctx(), db: tx }, `entry ${n}`);
  });
  expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true, entries: 1200 });
  await tamper(database, "update journal_entries set say = 'x' where id = 1145");
  expect(await verifyJournal(database.ctx())).toMatchObject({ intact: false, entryId: 1145 });
});

it("is asked for by index, not read whole, at 50,000 entries", async () => {
  const database = await testDatabase();
  await tamper(
    database,
    `insert into journal_entries (id, at, actor_kind, action, say, client_id, detail, previous_hash, hash)
     select n, now(), 'worker', 'plan.keep', 'entry', 'c' || n % 500, '{}', md5(n::text), md5(n::text) from generate_series(1, 50000) n;
     analyze journal_entries`,
  );
  const explain = async (where: string) => {
    const rows = await database.pool.sql.unsafe(
      `explain select * from journal_entries ${where} order by id desc limit 51`,
    );
    return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  };
  for (const where of [
    "",
    "where id < 30000",
    "where client_id = 'c7'",
    "where client_id = 'c7' and id < 30000",
  ]) {
    const plan = await explain(where);
    expect(plan).not.toMatch(/Seq Scan/);
  }
});
