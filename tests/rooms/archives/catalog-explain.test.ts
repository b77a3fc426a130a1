import { expect, it, onTestFinished } from "vitest";
import type { ArchiveItem } from "~/borg/archive-items";
import type { ArchivePlace } from "~/server/archives/catalog/archive-place";
import { archivePlace } from "~/server/archives/catalog/archive-place";
import { versionsOf } from "~/server/archives/catalog/candidate-versions";
import { comparePlaces } from "~/server/archives/catalog/compare-places";
import { findPages } from "~/server/archives/catalog/find-pages";
import { folderPaths } from "~/server/archives/catalog/folder-paths";
import { grownFolders } from "~/server/archives/catalog/largest";
import { findFolder, listEntries } from "~/server/archives/catalog/list-entries";
import { locatePath } from "~/server/archives/catalog/locate-path";
import { measurePaths } from "~/server/archives/catalog/measure-paths";
import { nameMatcher } from "~/server/archives/catalog/name-query";
import { openPool } from "~/server/db";
import { file, filledCatalog, folder } from "~tests/support/catalog-world";

const FOLDERS = 200;
const FILES = 100;

/** 20,000 files; in the second night one folder in fifty differs. */
function nightOf(night: number): ArchiveItem[] {
  const items = [folder("srv")];
  for (let n = 0; n < FOLDERS; n++) {
    items.push(folder(`srv/folder-${n}`));
    for (let at = 0; at < FILES; at++)
      items.push(file(`srv/folder-${n}/file-${at * FOLDERS + n}.dat`, 10 + (n % 50 === 0 ? night : 0)));
  }
  return items;
}

it("asks the catalog by indexes: no question of a page reads a whole partition", async () => {
  const { world, write } = await filledCatalog();
  const [before, after] = [await write(nightOf(0), 48), await write(nightOf(1), 72)];
  // One connection: what it has counted is there as soon as it says so.
  const pool = openPool(world.database.url, { most: 1 });
  onTestFinished(() => pool.end());
  const { sql } = pool;
  await sql`analyze`;
  const placeOf = async (id: string): Promise<ArchivePlace> => {
    const place = await archivePlace(sql, id);
    if (!place) throw new Error("it is not in the catalog");
    return place;
  };
  const [a, b] = [await placeOf(before), await placeOf(after)];
  const top = (await findFolder(sql, b, "srv")) ?? 0;
  const scans = async (tables: string) => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ scans: number }[]>`
      select sum(seq_scan)::int as scans from pg_stat_all_tables where relname ~ ${`^catalog_(${tables})_`}`;
    return row?.scans ?? 0;
  };
  const page = { folder: top, order: "name", reversed: false, offset: 0, limit: 100 } as const;
  const questions: Record<string, () => Promise<unknown>> = {
    "a folder by name": () => listEntries(sql, b, page),
    "a folder by size": () => listEntries(sql, b, { ...page, order: "size" }),
    "a typed path": () => locatePath(sql, b, "srv/folder-7/file-7.dat"),
    "a path that is not there": () => locatePath(sql, b, "srv/folder-7/no/such/file"),
    "a selection": () => measurePaths(sql, b, ["srv/folder-7", "srv/folder-8/file-8.dat"]),
    "a comparison": () => comparePlaces(sql, { before: a, after: b, folder: top, limit: 5001 }),
    "what grew": () => grownFolders(sql, { before: a, after: b, limit: 100 }),
    "versions of a path": async () =>
      versionsOf(sql, b.repository, [
        { folder: (await findFolder(sql, b, "srv/folder-50")) ?? 0, name: "file-50.dat" },
      ]),
    "ways to folders": () => folderPaths(sql, b.repository, [top + 1, top + 2]),
    "names by some letters": async () => {
      const { patterns } = nameMatcher({ text: "file-19999" });
      for await (const one of findPages(sql, { repository: b.repository, from: 0, patterns }))
        expect(one.names).toContain("file-19999");
    },
  };
  const complaints: string[] = [];
  const look = async (tables: string) => {
    for (const [name, ask] of Object.entries(questions)) {
      const counted = await scans(tables);
      const answer = await ask();
      if ((await scans(tables)) > counted) complaints.push(`${name} reads all of ${tables}`);
      if (Array.isArray(answer)) expect(answer.length, name).toBeGreaterThan(0);
    }
  };
  await look("files|links");
  // Some hundred rows are read whole because that is cheaper; where there is no index, they are even when it is dear.
  await sql`set enable_seqscan = off`;
  await look("files|folders|totals|links|names");
  expect(complaints).toEqual([]);
});
