import { beforeAll, describe, expect, inject, it } from "vitest";
import type { JournalAction } from "~/domain/journal-action";
import { openPool, type Pool } from "~/server/db";
import { findEntries } from "~/server/journal/find-entries";
import type { JournalFilter } from "~/server/journal/journal-filter";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE } from "~/supervisor/postgres";
import { createTestDatabase, dropTestDatabase } from "~tests/support/postgres";

/**
 * One journal of a million entries for all tests here, one every half minute for a year: 500 clients and 50 people in turn, every
 * thousandth about one of them, rare refusals, and one sentence that stands once near the beginning. Hashes are none: nothing here reads them.
 */
const ENTRIES = 1_000_000;
const START = Date.parse("2025-11-23T00:00:00Z");
const at = (id: number) => new Date(START + id * 30_000);
const action = (name: JournalAction) => name;
let pool: Pool;
/** What reading the whole table touches. */
let tableBlocks: number;

beforeAll(async () => {
  const name = `journal_filters_${Date.now().toString(36)}`;
  const url = await createTestDatabase(inject("databaseAdminUrl"), name);
  await withConnection(url.replace(`//${APP_ROLE}@`, `//${ADMIN_ROLE}@`), (sql) =>
    sql.unsafe(`
      set session_replication_role = replica;
      create temporary table made as select indexdef from pg_indexes
        where tablename = 'journal_entries' and indexname <> 'journal_entries_pkey';
      -- Built at once they take a third of the time.
      do $$ declare one text; begin
        for one in select indexname from pg_indexes where tablename = 'journal_entries' and indexname <> 'journal_entries_pkey'
        loop execute format('drop index %I', one); end loop; end $$;
      insert into journal_entries (id, at, actor_kind, actor_id, actor_name, action, say, client_id, detail, previous_hash, hash)
      select n, timestamptz '2025-11-23T00:00:00Z' + n * interval '30 seconds', 'user', 'p' || n % 50, 'Person ' || n % 50,
        case when n % 100000 = 7 then '${action("permission.denied")}' when n % 2 = 0 then '${action("backup.started")}' else '${action("plan.changed")}' end,
        case n when 4242 then 'the needle, 100% of it' else 'entry' end, 'c' || n % 500,
        case when n % 1000 = 3 then '{"userId": "p7"}'::jsonb else '{}'::jsonb end, '', ''
      from generate_series(1, ${ENTRIES}) n;
      do $$ declare one text; begin for one in select indexdef from made loop execute one; end loop; end $$;
      analyze journal_entries`),
  );
  pool = openPool(url, { most: 1, applicationName: "test" });
  const [size] = await pool.sql`select pg_relation_size('journal_entries') / 8192 as blocks`;
  tableBlocks = Number(size?.blocks);
  return async () => {
    await pool.end();
    await dropTestDatabase(inject("databaseAdminUrl"), name);
  };
}, 240_000);

const find = (filter: JournalFilter, before: number | null = null, limit = 50) =>
  findEntries(pool, filter, { before, limit });

/** Blocks of 8 KiB that a search touched, whatever the machine had to do besides. */
async function blocksOf(filter: JournalFilter, before: number | null = null): Promise<number> {
  const read = async () => {
    const [row] = await pool.sql`
      select coalesce(sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit), 0)::int as blocks
      from pg_statio_user_tables where relname = 'journal_entries'`;
    return Number(row?.blocks);
  };
  const flush = () => pool.sql`select pg_stat_force_next_flush()`;
  await flush();
  const earlier = await read();
  await find(filter, before);
  await flush();
  return (await read()) - earlier;
}

describe("at a million entries", () => {
  const march = { from: new Date("2026-03-01T00:00:00Z"), to: new Date("2026-03-02T00:00:00Z") };

  it.each<[string, JournalFilter, number | null, (id: number) => boolean]>([
    ["all", {}, null, () => true],
    ["a page in the middle", {}, 500_000, () => true],
    ["of a client", { clientId: "c7" }, null, (id) => id % 500 === 7],
    ["of a client, an old page", { clientId: "c7" }, 10_000, (id) => id % 500 === 7],
    ["by or about a person", { person: "p7" }, null, (id) => id % 50 === 7 || id % 1000 === 3],
    ["of a frequent kind", { group: "work" }, null, (id) => id % 2 === 0],
    ["of a rare kind", { group: "denied" }, null, (id) => id % 100_000 === 7],
    ["of a kind that never was", { group: "secrets" }, null, () => false],
    ["of a person and a kind", { person: "p8", group: "work" }, null, (id) => id % 50 === 8],
    ["of a client and a kind", { clientId: "c7", group: "denied" }, null, (id) => id % 100_000 === 7],
    ["of one day", march, null, (id) => at(id) >= march.from && at(id) < march.to],
    ["since the last hour", { from: at(ENTRIES - 119) }, null, (id) => id >= ENTRIES - 119],
    ["with words, near the newest", { search: "ENTRY" }, null, () => true],
    ["with words of a client", { clientId: "c242", search: "needle" }, null, (id) => id === 4242],
  ])(
    "finds what is asked for %s, newest first, without reading the whole",
    async (_, filter, before, fits) => {
      const expected: number[] = [];
      for (let id = (before ?? ENTRIES + 1) - 1; id > 0 && expected.length < 50; id--)
        if (fits(id)) expected.push(id);
      const { entries, next } = await find(filter, before);
      expect(entries.map(({ id }) => id)).toEqual(expected);
      expect(next).toBe(expected.length < 50 ? null : (expected.at(-1) ?? null));
      expect(await blocksOf(filter, before)).toBeLessThan(tableBlocks / 4);
    },
  );

  it("looks for words alone a piece at a time, and finds them by going on", async () => {
    const pieces: number[][] = [];
    let before: number | null = null;
    do {
      const { entries, next }: Awaited<ReturnType<typeof find>> = await find(
        { search: "needle, 100%" },
        before,
      );
      pieces.push(entries.map(({ id }) => id));
      before = next;
    } while (before !== null);
    expect(pieces).toHaveLength(10);
    expect(pieces.flat()).toEqual([4242]);
    expect((await find({ search: "needle_ 100%" }, 5000)).entries).toEqual([]);
  });

  it("pages through everything of a filter once", async () => {
    const seen: number[] = [];
    for (let before: number | null = null, first = true; first || before !== null; first = false) {
      const { entries, next }: Awaited<ReturnType<typeof find>> = await find({ clientId: "c7" }, before, 300);
      seen.push(...entries.map(({ id }) => id));
      before = next;
    }
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, n) => ENTRIES - 493 - n * 500));
  });
});
