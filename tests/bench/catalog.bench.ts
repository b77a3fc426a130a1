import { archivePlace } from "~/server/archives/catalog/archive-place";
import { versionsOf } from "~/server/archives/catalog/candidate-versions";
import { comparePlaces } from "~/server/archives/catalog/compare-places";
import { findPages } from "~/server/archives/catalog/find-pages";
import { findFolder, listEntries } from "~/server/archives/catalog/list-entries";
import { nameMatcher } from "~/server/archives/catalog/name-query";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { type Written, writeArchive } from "~/server/archives/catalog/write-archive";
import { openPool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "../support/postgres";
import { archivesOfBorg, OF_BORG } from "./catalog-borg";
import { CHANGED, clustered, FOLDERS, millionFiles, spread, type VersionOf } from "./catalog-tree";
import { type Figure, percentile } from "./figure";

const ARCHIVES = Number(process.env.BENCH_CATALOG_ARCHIVES ?? 100);

/**
 * The catalog of a tree of a million files: two archives by borg, through keeper and socket (catalog-borg.ts), then 98 more of the same tree from
 * memory; and two whose changes lie everywhere. The repository is made once (some minutes) and kept (catalog-repository.ts); then it is
 * about eight minutes. BENCH_CATALOG_FOLDERS and BENCH_CATALOG_ARCHIVES make it smaller.
 */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  try {
    await createTestDatabase(postgres.adminUrl, "bench");
    const pool = openPool(postgres.urlFor("bench"));
    const owner = openPool(postgres.adminUrl.replace("@/postgres", "@/bench"));
    try {
      const ofBorg = await archivesOfBorg(pool.sql);
      const { figures, bytesOfOne } = await fromMemory(pool.sql, owner.sql);
      return [...ofBorg, ...figures, ...(await manyArchives(pool.sql, owner.sql, bytesOfOne))];
    } finally {
      await owner.end();
      await pool.end();
    }
  } finally {
    await postgres.stop();
  }
}

type Sql = ReturnType<typeof openPool>["sql"];

async function write(sql: Sql, catalog: string, archive: number, changes: (archive: number) => VersionOf) {
  const repository = await openCatalog(sql, catalog);
  const began = performance.now();
  const written = await writeArchive(
    sql,
    { repository, planId: "p", archiveId: `${catalog}-${archive}` },
    () => millionFiles(changes(archive)),
  );
  if (!written) throw new Error("nothing was written");
  return { ...written, repository, seconds: (performance.now() - began) / 1000 };
}

/** Two archives whose items come from memory, the changes of the second in every folder. */
async function fromMemory(sql: Sql, owner: Sql) {
  const first = await write(sql, "spread", 0, spread);
  await vacuum(owner);
  const one = await bytes(sql, first.repository);
  const second = await write(sql, "spread", 1, spread);
  const rows = (((second.opened + second.closed) / first.opened) * 100).toString();
  const figures = [
    seconds(`first archive, ${FOLDERS * 1000} files from memory`, first),
    ...one.parts.map(([part, share]) =>
      figure(`bytes per version: ${part}`, share / first.opened, "B", null, "after vacuum"),
    ),
    figure(
      "bytes per version, all",
      one.all / first.opened,
      "B",
      150,
      "partitions with all indexes, by version; after vacuum",
    ),
    seconds("next archive from memory, 1 % changed, spread evenly", second),
    figure("rows written for 1 % changed, spread evenly", Number(rows), "%", null, "begun and ended"),
    figure(
      "memory of the writing process",
      process.memoryUsage().rss / 2 ** 20,
      "MB",
      300,
      "resident after all archives of borg and two from memory, with the bench itself",
    ),
  ];
  return { figures, bytesOfOne: one.all };
}

/** Goes on where borg's two archives end, and asks what people ask. */
async function manyArchives(sql: Sql, owner: Sql, bytesOfOne: number): Promise<Figure[]> {
  const repository = await openCatalog(sql, OF_BORG);
  for (let archive = 2; archive < ARCHIVES; archive++) {
    const { opened } = await write(sql, OF_BORG, archive, clustered);
    if (opened !== CHANGED * 1000)
      throw new Error(`archive ${archive} is not in the form of borg's: ${opened} differ`);
    if (archive % 10 === 9) await vacuum(owner);
  }
  await vacuum(owner);
  const all = await bytes(sql, repository);
  return [
    figure(
      `disk of ${ARCHIVES} archives over one`,
      all.all / bytesOfOne,
      "x",
      2.5,
      "changes clustered; after vacuum",
    ),
    ...(await questions(sql, repository, OF_BORG, ARCHIVES)),
  ];
}

async function questions(sql: Sql, repository: number, name: string, archives: number): Promise<Figure[]> {
  const newest = await archivePlace(sql, `${name}-${archives - 1}`);
  const middle = await archivePlace(sql, `${name}-${Math.floor(archives / 2)}`);
  const before = await archivePlace(sql, `${name}-${archives - 2}`);
  if (!newest || !middle || !before) throw new Error("an archive is missing");
  const p95 = async (count: number, ask: (n: number) => Promise<unknown>) => {
    const times: number[] = [];
    for (let n = 0; n < count; n++) {
      const began = performance.now();
      await ask(n);
      times.push(performance.now() - began);
    }
    return percentile(times, 95);
  };
  const folderOf = (n: number) =>
    `home/user-${Math.floor(((n * 37) % FOLDERS) / 50)}/folder-${(n * 37) % FOLDERS}`;
  const open = await p95(200, async (n) => {
    const place = n % 2 ? newest : middle;
    const folder = await findFolder(sql, place, folderOf(n));
    if (folder === null) throw new Error("no folder");
    return listEntries(sql, place, {
      folder,
      order: n % 3 ? "name" : "size",
      reversed: false,
      offset: 0,
      limit: 200,
    });
  });
  const words = [
    "report",
    "0500",
    "invoice_7",
    "img",
    "chapter_39",
    "zzz",
    "7919",
    "summary-09",
    "nothing-such",
    "999",
    "re",
    "x",
  ];
  const find = await p95(120, async (n) => {
    const { patterns, matches } = nameMatcher({ text: words[n % words.length] });
    const found: { folder: number; name: string }[] = [];
    for await (const page of findPages(sql, { repository, from: 0, patterns })) {
      found.push(...matches(page));
      if (found.length >= 50) break;
    }
    await versionsOf(sql, repository, found.slice(0, 50));
  });
  const timeline = await p95(100, async (n) => {
    const folder = await findFolder(sql, newest, folderOf(n));
    if (folder === null) throw new Error("no folder");
    return versionsOf(sql, repository, [{ folder, name: "report-0000.txt" }]);
  });
  const top = await findFolder(sql, newest, "");
  if (top === null) throw new Error("no top");
  const compare = await p95(40, () =>
    comparePlaces(sql, { before, after: newest, folder: top, limit: 1000 }),
  );
  const far = await p95(5, () =>
    comparePlaces(sql, { before: middle, after: newest, folder: top, limit: 1000 }),
  );
  return [
    figure(
      "open a folder, p95",
      open,
      "ms",
      30,
      `200 folders of ${archives} archives, newest and middle one`,
    ),
    figure(
      "search by substring, first page, p95",
      find,
      "ms",
      50,
      `${words.length} texts, found and not found`,
    ),
    figure("timeline of a file, p95", timeline, "ms", 20, "all versions"),
    figure("compare two archives' top level, p95", compare, "ms", 100, "neighbours, with counts below"),
    figure("compare the newest with the middle one, p95", far, "ms", null, `${archives / 2} archives apart`),
  ];
}

/** As PostgreSQL does by itself, a minute later. */
async function vacuum(owner: Sql) {
  await owner`vacuum analyze catalog_files, catalog_totals, catalog_names, catalog_folders`;
}

async function bytes(sql: Sql, repository: number) {
  const rows = await sql<{ name: string; bytes: number }[]>`
    select c.relname as name, pg_relation_size(c.oid)::float8 + coalesce(pg_relation_size(c.reltoastrelid), 0) as bytes
    from pg_class c where c.relkind in ('r', 'i') and c.relname ~ ${`_${repository}(_|$)`} and c.relname like 'catalog%' order by 2 desc`;
  return {
    all: rows.reduce((sum, row) => sum + row.bytes, 0),
    parts: rows.map((row): [string, number] => [row.name, row.bytes]),
  };
}

function seconds(name: string, written: Written & { seconds: number }): Figure {
  return figure(
    name,
    written.seconds,
    "s",
    null,
    `${written.opened} versions begun, ${written.closed} ended, ${written.totals} totals`,
  );
}

const figure = (name: string, value: number, unit: string, bar: number | null, how: string): Figure => ({
  name,
  value: Math.round(value * 100) / 100,
  unit,
  bar,
  how,
});
