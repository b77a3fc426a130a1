import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase, withConnection } from "~/supervisor/database";
import { OWNER_ROLE } from "~/supervisor/postgres";
import {
  createTestDatabase,
  dropTestDatabase,
  startTestPostgres,
  type TestPostgres,
} from "~tests/support/postgres";

const asRoot = process.getuid?.() === 0;

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server?.stop());

const ownerUrl = (database: string) => server.urlFor(database).replace("bbs_app", OWNER_ROLE);

test("a cloned database has the schema, and the programs' role may use it", async () => {
  const url = await createTestDatabase(server.adminUrl, "one");
  expect(url).toBe(server.urlFor("one"));
  const count = await withConnection(
    url,
    async (sql) => (await sql`select count(*)::int as n from clients`)[0]?.n,
  );
  expect(count).toBe(0);
  await dropTestDatabase(server.adminUrl, "one");
});

test("the programs' role reads and writes but cannot change the schema", async () => {
  const url = await createTestDatabase(server.adminUrl, "two");
  await withConnection(url, async (sql) => {
    await expect(sql`create table own (id int)`).rejects.toMatchObject({ code: "42501" });
    await expect(sql`drop table clients`).rejects.toMatchObject({ code: "42501" });
    await expect(sql`truncate clients`).rejects.toMatchObject({ code: "42501" });
    expect(await sql`delete from rate_limits where false`).toHaveLength(0);
  });
  await dropTestDatabase(server.adminUrl, "two");
});

test("two programs may migrate at once", async () => {
  const url = ownerUrl("three");
  await createTestDatabase(server.adminUrl, "three");
  await Promise.all([migrateDatabase(url, "drizzle"), migrateDatabase(url, "drizzle")]);
  await dropTestDatabase(server.adminUrl, "three");
});

test("a database of a newer version is refused and left alone", async () => {
  await createTestDatabase(server.adminUrl, "four");
  const url = ownerUrl("four");
  const later = Date.now() + 1e12;
  await withConnection(
    url,
    (sql) => sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${later})`,
  );
  await expect(migrateDatabase(url, "drizzle")).rejects.toThrow(
    "The database was last used by a newer version of Borg Backup Server.",
  );
  await dropTestDatabase(server.adminUrl, "four");
});

test("a migration that fails in its middle leaves the database as it was", async () => {
  await createTestDatabase(server.adminUrl, "five");
  const url = ownerUrl("five");
  const folder = mkdtempSync(join(tmpdir(), "bbs-migrations-"));
  cpSync("drizzle", folder, { recursive: true });
  const path = join(folder, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(path, "utf8")) as { entries: { when: number }[] };
  const entry = { ...journal.entries.at(-1), when: Date.now() + 1e12, tag: "9999_breaks" };
  writeFileSync(path, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
  const statements = ["drop table storage_days", "alter table clients add column half text", "select 1 / 0"];
  writeFileSync(join(folder, "9999_breaks.sql"), statements.join(";--> statement-breakpoint\n"));

  await expect(migrateDatabase(url, folder)).rejects.toThrow(
    "could not be brought to this version (division by zero). Nothing of it was changed",
  );
  await withConnection(url, async (sql) => {
    expect(await sql`select * from storage_days`).toHaveLength(0);
    await expect(sql`select half from clients`).rejects.toMatchObject({ code: "42703" });
  });
  // The program before goes on with it.
  await migrateDatabase(url, "drizzle");
  rmSync(folder, { recursive: true });
  await dropTestDatabase(server.adminUrl, "five");
});

test("listens on no network port", async () => {
  const listening = await withConnection(
    server.adminUrl,
    async (sql) => (await sql`show listen_addresses`)[0]?.listen_addresses,
  );
  expect(listening).toBe("");
});

test.runIf(asRoot)(
  "an account that is none of ours is let in as no role, not even with the socket at hand",
  () => {
    const program = `
    import postgres from "postgres";
    for (const username of ["bbs_app", "bbs_owner", "bbs_admin", "nobody"]) {
      const sql = postgres({ host: process.argv[1], username, database: "postgres", max: 1 });
      console.log(await sql\`select 1\`.then(() => "in", (error) => error.code ?? error.errno));
      await sql.end({ timeout: 1 });
    }`;
    // The clone may lie where that account cannot go.
    const folder = mkdtempSync(join(tmpdir(), "bbs-stranger-"));
    chmodSync(folder, 0o755);
    cpSync("node_modules/postgres", join(folder, "node_modules/postgres"), { recursive: true });
    const socketDir = new URL(server.adminUrl.replace("@/", "@localhost/")).searchParams.get("host") ?? "";
    const ask = () =>
      execFileSync(
        "setpriv",
        [
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          process.execPath,
          "--input-type=module",
          "-e",
          program,
          socketDir,
        ],
        { encoding: "utf8", cwd: folder },
      )
        .trim()
        .split("\n");
    expect(ask()).toEqual(Array(4).fill("EACCES"));
    execFileSync("chmod", ["0755", socketDir]);
    expect(ask()).toEqual(Array(4).fill("28000"));
    execFileSync("chmod", ["0750", socketDir]);
    rmSync(folder, { recursive: true });
  },
);
