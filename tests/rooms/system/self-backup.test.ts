import { eq } from "drizzle-orm";
import type { Sql } from "postgres";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { createClient } from "~/server/clients/create-client";
import { openPool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { alerts } from "~/server/db/schema/alerts";
import { selfBackups } from "~/server/db/schema/system";
import { appendEntry } from "~/server/journal/append-entry";
import { carryOutSelfBackup } from "~/server/system/self-backup/carry-out-self-backup";
import { dumpDatabase } from "~/server/system/self-backup/dump-database";
import { dumpManifest, readFrames } from "~/server/system/self-backup/dump-format";
import { isLeftOut } from "~/server/system/self-backup/left-out";
import { listSelfBackups } from "~/server/system/self-backup/list-self-backups";
import { loadDump } from "~/server/system/self-backup/load-dump";
import { makeRecoveryKey } from "~/server/system/self-backup/make-recovery-key";
import { orderTables } from "~/server/system/self-backup/order-tables";
import { makeRecoveryKeyPair, parseRecoveryKey } from "~/server/system/self-backup/recovery-key";
import { requestNightly, requestSelfBackup } from "~/server/system/self-backup/request-self-backup";
import { APP_ROLE, OWNER_ROLE } from "~/supervisor/postgres";
import { boundKeeper } from "~/worker/bound-keeper";
import { later, testDatabase } from "~tests/support/database";
import { createTestDatabase, dropTestDatabase } from "~tests/support/postgres";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const ABOUT = {
  version: "0.1.0",
  appKey: "k",
  settings: { appUrl: "https://a", port: 1, sshHost: "a", sshPort: 2 },
};

describe("the database in a self-backup", () => {
  it("comes back row by row, with its journal's chain, and nobody is signed in any more", async () => {
    const { pool, url, ctx, admin } = await testDatabase();
    await createClient(ctx(), { name: "tab\there \\N and\nnew line" });
    for (const say of ["one", "two", "three"]) await appendEntry(ctx(), { action: "keys.rotated", say });
    await pool.sql`insert into sign_ins (id, user_id, created_at, last_seen_at, expires_at)
      values ('s', ${admin.userId}, now(), now(), now() + interval '1 day')`;
    await pool.sql`insert into setup_links (id, token_hash, created_at, expires_at) values ('l', 'h', now(), now())`;

    const other = await ownersDatabase();
    const frames = readFrames(dumpDatabase(url, ABOUT, new Date()))[Symbol.asyncIterator]();
    const manifest = dumpManifest.parse(JSON.parse(String((await frames.next()).value)));
    const rows = await loadDump(other.sql, manifest, frames);
    expect(rows).toBeGreaterThan(5);

    for (const { name: table } of manifest.tables.filter((one) => one.name !== "sign_ins")) {
      const all = (sql: typeof pool.sql) => sql.unsafe(`select t::text as row from "${table}" t order by 1`);
      expect([...(await all(other.sql))], table).toEqual([...(await all(pool.sql))]);
    }
    expect([...(await other.sql`select ended_at is null as open from sign_ins`)]).toEqual([{ open: false }]);
    expect([...(await other.sql`select id from setup_links`)]).toEqual([]);
    // The guards of the journal stand again.
    await expect(other.sql`update journal_entries set say = 'x'`).rejects.toThrow("append-only");
    // The next entry follows the last one.
    await appendEntry({ ...ctx(), db: other.db }, { action: "keys.rotated", say: "four" });
  });

  it("is put back all or not at all", async () => {
    const { pool } = await testDatabase();
    const other = await ownersDatabase();
    const manifest = {
      ...{ ...ABOUT, format: 1 as const, madeAt: "", migration: 0, sequences: [] },
      tables: [
        { name: "storage_nodes", columns: await columnsOf(pool, "storage_nodes") },
        { name: "storage_days", columns: ["storage_node_id", "location", "measured_on", "used_bytes"] },
      ],
    };
    // A day of a storage node that is not there: PostgreSQL tells at the end of the rows.
    async function* frames() {
      yield Buffer.alloc(0);
      yield Buffer.from("nowhere\tmain\t2026-01-01\t1\n");
      yield Buffer.alloc(0);
    }
    await expect(loadDump(other.sql, manifest, frames())).rejects.toThrow();
    expect([...(await other.sql`select 1 from storage_days`)]).toEqual([]);
  });

  it("holds every table but those that are left out, and none refers to one of these", async () => {
    const { pool, url } = await testDatabase();
    const frames = readFrames(dumpDatabase(url, ABOUT, new Date()))[Symbol.asyncIterator]();
    const { tables } = dumpManifest.parse(JSON.parse(String((await frames.next()).value)));
    await frames.return?.(undefined);
    const names = tables.map(({ name }) => name);
    const all = await pool.sql<
      { name: string }[]
    >`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
    expect(
      all
        .map(({ name }) => name)
        .filter((name) => !names.includes(name))
        .every(isLeftOut),
    ).toBe(true);
    const references = await pool.sql<{ from: string; to: string }[]>`
      select f.relname as from, t.relname as to from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid where k.contype = 'f'`;
    expect(references.filter(({ from, to }) => isLeftOut(to) && !isLeftOut(from))).toEqual([]);
  });

  it("names tables behind those they refer to, and a circle", () => {
    expect(
      orderTables(
        ["a", "b", "c"],
        [
          { from: "a", to: "b" },
          { from: "b", to: "c" },
          { from: "c", to: "c" },
        ],
      ),
    ).toEqual(["c", "b", "a"]);
    expect(() =>
      orderTables(
        ["a", "b"],
        [
          { from: "a", to: "b" },
          { from: "b", to: "a" },
        ],
      ),
    ).toThrow("circle");
  });
});

/** A fresh, empty database, opened as the role that owns its tables. */
async function ownersDatabase() {
  const name = `test_${newId()}`;
  const url = await createTestDatabase(inject("databaseAdminUrl"), name);
  const pool = openPool(url.replace(APP_ROLE, OWNER_ROLE));
  onTestFinished(async () => {
    await pool.end();
    await dropTestDatabase(inject("databaseAdminUrl"), name);
  });
  return pool;
}

async function columnsOf(pool: { sql: Sql }, table: string): Promise<string[]> {
  const rows = await pool.sql<{ name: string }[]>`
    select column_name as name from information_schema.columns where table_name = ${table} order by ordinal_position`;
  return rows.map(({ name }) => name);
}

describe("a recovery key on paper", () => {
  it("is read as it was written, and a wrong letter is seen", () => {
    const { paper } = makeRecoveryKeyPair();
    const key = parseRecoveryKey(paper);
    expect(key).toHaveLength(32);
    expect(parseRecoveryKey(` ${paper.toLowerCase().replaceAll("-", " ")}\n`)).toEqual(key);
    for (let at = 0; at < paper.length; at++) {
      if (paper[at] === "-") continue;
      const wrong = `${paper.slice(0, at)}${paper[at] === "A" ? "B" : "A"}${paper.slice(at + 1)}`;
      expect(parseRecoveryKey(wrong), String(at)).toBeNull();
    }
    expect(parseRecoveryKey(paper.slice(1))).toBeNull();
  });
});

/** Answers as the keeper does, which keeps the newest one only; or refuses. */
async function keeperThat(refuses: { say: string } | null = null) {
  const scripted = await new ScriptedKeeper().start();
  scripted.script["self-backup"] = () => {
    if (refuses) return { refuse: "disk-full", ...refuses };
    const name = `bbs-self-20261123-1000${10 + scripted.calls.length}.bbsbackup`;
    return { output: { name, bytes: 9, locations: ["main"], kept: [{ name, bytes: 9, madeAt: "" }] } };
  };
  return boundKeeper(scripted.call, { timeoutMs: 20_000 });
}

const LIVE = new AbortController().signal;

describe("self-backups", () => {
  it("are refused without a recovery key, and there is one at a time", async () => {
    const { ctx, workerCtx } = await testDatabase();
    await expect(requestSelfBackup(ctx())).rejects.toMatchObject({ code: "invalid-input" });
    await requestNightly(workerCtx());
    expect((await listSelfBackups(ctx())).backups).toEqual([]);
    await makeRecoveryKey(ctx());
    const first = await requestSelfBackup(ctx());
    expect(await requestSelfBackup(ctx())).toEqual(first);
  });

  it("are made once a night, at once with a new key, and again an hour after a failure", async () => {
    const { url, ctx, workerCtx } = await testDatabase();
    await makeRecoveryKey(ctx());
    const keeper = await keeperThat();
    const turn = async (hours: number, asked = keeper) => {
      const at = () => workerCtx(later({ hours }));
      await requestNightly(at());
      return carryOutSelfBackup(at, asked, { signal: LIVE, databaseUrl: url });
    };
    expect(await turn(0)).toBe(true);
    expect(await turn(15)).toBe(false);
    expect(await turn(17)).toBe(true);
    expect(await turn(18)).toBe(false);
    const full = await keeperThat({ say: "The storage is full." });
    expect(await turn(41, full)).toBe(true);
    expect(await turn(41.5)).toBe(false);
    expect(await turn(42.1)).toBe(true);
    await makeRecoveryKey(ctx({ now: later({ hours: 43 }) }));
    expect(await turn(43)).toBe(true);
    const { backups } = await listSelfBackups(ctx());
    expect(backups.map(({ state }) => state)).toEqual([
      "succeeded",
      "succeeded",
      "failed",
      "succeeded",
      "succeeded",
    ]);
    expect(backups.find(({ state }) => state === "failed")?.problem).toBe("The storage is full.");
    // The keeper said that it keeps one only.
    expect(backups.filter(({ there }) => there)).toHaveLength(1);
  });

  it("whose worker was killed are made anew, and its late word counts for nothing", async () => {
    const { ctx, workerCtx, pool, url } = await testDatabase();
    await makeRecoveryKey(ctx());
    const { id } = await requestSelfBackup(ctx());
    await pool.db
      .update(selfBackups)
      .set({ state: "running", lease: 1, startedAt: later({}), leaseExpiresAt: later({ minutes: 2 }) });
    const keeper = await keeperThat();
    const given = { signal: LIVE, databaseUrl: url };
    expect(await carryOutSelfBackup(() => workerCtx(later({ minutes: 1 })), keeper, given)).toBe(false);
    expect(await carryOutSelfBackup(() => workerCtx(later({ minutes: 3 })), keeper, given)).toBe(true);
    const [row] = await pool.db.select().from(selfBackups).where(eq(selfBackups.id, id));
    expect(row).toMatchObject({ state: "succeeded", lease: 2 });
  });

  it("that are missing for two days raise an alert, as does a missing key; the first good one ends it", async () => {
    const { ctx, workerCtx, pool } = await testDatabase();
    await createClient(ctx(), { name: "web-01" });
    const open = async (hours: number) => {
      await lookForTrouble(workerCtx(later({ hours })));
      const rows = await pool.db.select().from(alerts);
      return rows
        .filter((row) => row.resolvedAt === null && /recovery-key|self-backup/.test(row.kind))
        .map((row) => row.kind);
    };
    expect(await open(47)).toEqual([]);
    expect(await open(49)).toEqual(["no-recovery-key"]);
    await makeRecoveryKey(ctx({ now: later({ hours: 50 }) }));
    expect(await open(51)).toEqual([]);
    expect(await open(99)).toEqual(["self-backup-missing"]);
    await requestSelfBackup(ctx({ now: later({ hours: 99 }) }));
    await pool.db.update(selfBackups).set({ state: "succeeded", endedAt: later({ hours: 100 }) });
    expect(await open(101)).toEqual([]);
  });

  it("keep only the public half of the key", async () => {
    const { ctx, pool } = await testDatabase();
    const { paper, publicKey } = await makeRecoveryKey(ctx());
    const secret = parseRecoveryKey(paper)?.toString("base64") ?? "";
    const rows =
      await pool.sql`select value::text as text, secret_sealed as sealed from settings where name = 'recovery-key'`;
    expect(rows[0]).toMatchObject({ text: expect.stringContaining(publicKey), sealed: null });
    const journal = await pool.sql`select string_agg(say || detail::text, ' ') as text from journal_entries`;
    for (const text of [String(rows[0]?.text), String(journal[0]?.text)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(paper);
    }
  });
});
