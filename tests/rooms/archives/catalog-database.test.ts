import { expect, inject, it, onTestFinished } from "vitest";
import { archivePlace } from "~/server/archives/catalog/archive-place";
import { findFolder, listEntries } from "~/server/archives/catalog/list-entries";
import { dropCatalog, openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import { openPool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { migrateCatalog } from "~/supervisor/catalog-database";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, OWNER_ROLE } from "~/supervisor/postgres";
import { asStream, later } from "~tests/support/catalog-model";
import { testDatabase } from "~tests/support/database";
import { dropTestDatabase } from "~tests/support/postgres";
import { seededRandom } from "~tests/support/seeded-random";

it("stands in a database that holds nothing else, made at every start anew", async () => {
  const adminUrl = inject("databaseAdminUrl");
  const name = `catalog_${newId()}`;
  await withConnection(adminUrl, (sql) => sql`create database ${sql(name)} owner ${sql(OWNER_ROLE)}`);
  const url = adminUrl.replace(`//${ADMIN_ROLE}@/postgres`, `//${OWNER_ROLE}@/${name}`);
  onTestFinished(() => dropTestDatabase(adminUrl, name));
  await migrateCatalog(url, "drizzle");
  await migrateCatalog(url, "drizzle");
  const { sql, end } = openPool(url, { most: 4 });
  try {
    const repository = await openCatalog(sql, "r1");
    const tree = later(seededRandom(1), new Map(), 50);
    await writeArchive(sql, { repository, planId: null, archiveId: "a1" }, () =>
      asStream(seededRandom(2), tree),
    );
    const place = await archivePlace(sql, "a1");
    const folder = place && (await findFolder(sql, place, ""));
    if (!place || folder === null) throw new Error("the archive is not there");
    const order = { order: "name", reversed: false, offset: 0, limit: 1000 } as const;
    const names = (await listEntries(sql, place, { folder, ...order })).map((one) => one.name);
    const expected = [...tree.keys()].filter((path) => !path.includes("/"));
    expect(names.sort()).toEqual(
      expected.map((path) => Buffer.from(path, "latin1").toString("base64")).sort(),
    );
  } finally {
    await end();
  }
});

it("drops one repository without waiting for another that is being written, and leaves that one whole", async () => {
  const { pool } = await testDatabase();
  const { sql } = pool;
  const [one, two] = [await openCatalog(sql, "r1"), await openCatalog(sql, "r2")];
  const tree = later(seededRandom(3), new Map(), 50);
  const read = () => asStream(seededRandom(4), tree);
  await writeArchive(sql, { repository: one, planId: null, archiveId: "a1" }, read);
  await writeArchive(sql, { repository: two, planId: null, archiveId: "b1" }, async function* () {
    yield* read();
    await dropCatalog(sql, "r1");
    await openCatalog(sql, "r3");
  });
  expect(await archivePlace(sql, "a1")).toBe(null);
  expect(await archivePlace(sql, "b1")).not.toBe(null);
  const rows = await sql`select repository, count(*)::int as count from catalog_files group by repository`;
  expect(rows).toMatchObject([{ repository: two }]);
});
