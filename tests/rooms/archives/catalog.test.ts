import { expect, it } from "vitest";
import type { ArchiveItem } from "~/borg/archive-items";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { sweepArchives } from "~/server/archives/catalog/sweep-archives";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import { catalogSql } from "~/server/catalog-pool";
import { newId } from "~/server/db/new-id";
import { asStream, later, linesOf, linesRead, readBack, type Tree } from "~tests/support/catalog-model";
import { testDatabase } from "~tests/support/database";
import { seededRandom } from "~tests/support/seeded-random";

async function catalog() {
  await testDatabase();
  const sql = catalogSql();
  const repository = await openCatalog(sql, newId());
  return {
    sql,
    repository,
    write: (planId: string | null, archiveId: string, read: () => AsyncIterable<readonly ArchiveItem[]>) =>
      writeArchive(sql, { repository, planId, archiveId }, read),
  };
}

const file = (path: string, more: Partial<ArchiveItem> = {}): ArchiveItem => ({
  ...{ path, type: "-", mode: "rw-r--r--", owner: "root", group: "root" },
  ...{ size: 10, modified: 1_790_000_000_000_000, target: null, ...more },
});
const folder = (path: string) => file(path, { type: "d", mode: "rwxr-xr-x", size: 0 });
const stream = (...items: ArchiveItem[]) =>
  async function* () {
    yield items;
  };

it.each([1, 2, 3])(
  "holds exactly what 30 archives of two plans and an import held, also after deletions (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const { sql, repository, write } = await catalog();
    const newest = new Map<string | null, Tree>([
      ["plan-a", new Map()],
      ["plan-b", new Map()],
      [null, new Map()],
    ]);
    const model = new Map<string, Tree>();
    for (let n = 0; n < 30; n++) {
      const plan = [...newest.keys()][Math.floor(random.next() * 3)] ?? null;
      const tree = later(random, newest.get(plan) ?? new Map(), Math.floor(random.next() * 40));
      newest.set(plan, tree);
      const archiveId = `archive-${n}`;
      const shuffled = random.next() < 0.2;
      await write(plan, archiveId, () => asStream(random, tree, { shuffled }));
      model.set(archiveId, tree);
      if (random.next() < 0.3) {
        const gone = [...model.keys()][Math.floor(random.next() * model.size)] ?? "";
        model.delete(gone);
        await sweepArchives(sql, { repository, living: [...model.keys()] });
      }
    }
    for (const [archiveId, tree] of model)
      expect(linesRead(await readBack(archiveId)), archiveId).toEqual(linesOf(tree));
    const [dead] = await sql`
    select count(*)::int as count from catalog_files f join catalog_folders d on d.id = f.folder
    where f.last is not null and not exists (select from catalog_archives a where a.series = d.series and a.position between f.first and f.last)`;
    expect(dead?.count).toBe(0);
  },
  120_000,
);

it("writes nothing but the archive's place when nothing changed", async () => {
  const { write } = await catalog();
  const tree = later(seededRandom(5), new Map(), 200);
  const random = seededRandom(6);
  await write("plan", "one", () => asStream(random, tree));
  expect(await write("plan", "two", () => asStream(random, tree))).toMatchObject({
    opened: 0,
    closed: 0,
    totals: 0,
  });
  expect(linesRead(await readBack("two"))).toEqual(linesOf(tree));
  expect(await write("plan", "two", () => asStream(random, tree))).toBe(null);
});

it("writes archives in a row, as a rebuild does, when PostgreSQL knows nothing yet of the rows before", async () => {
  const { write } = await catalog();
  const files = (size: number, from: number) =>
    Array.from({ length: 12_000 - from }, (_, n) => file(`folder/${n + from}`, { size }));
  await write("plan", "one", stream(folder("folder"), ...files(1, 0)));
  const began = performance.now();
  const second = write("plan", "two", stream(folder("folder"), ...files(2, 3000)));
  expect(await second).toMatchObject({ opened: 9000, closed: 12_000 });
  // Going through all rows for each of them takes minutes.
  expect(performance.now() - began).toBeLessThan(45_000);
}, 60_000);

it("shows folders above the sources, which no archive stores, with what is below them", async () => {
  const { write } = await catalog();
  await write(
    "plan",
    "one",
    stream(
      folder("var/lib"),
      file("var/lib/a"),
      folder("etc"),
      file("etc/b"),
      folder("var/log"),
      file("var/log/c"),
    ),
  );
  const read = await readBack("one");
  expect([...read.keys()].sort()).toEqual([
    "etc",
    "etc/b",
    "var",
    "var/lib",
    "var/lib/a",
    "var/log",
    "var/log/c",
  ]);
  expect(read.get("var")).toMatchObject({ type: "directory", bytes: 20, files: 2 });
});

it("reads archives whose order is not a walk: a folder that comes back, its row after what it holds", async () => {
  const { write } = await catalog();
  await write(
    "plan",
    "one",
    stream(file("a/x/1"), folder("b"), file("b/2"), folder("a"), folder("a/x"), file("a/x/3"), file("b/4")),
  );
  expect([...(await readBack("one")).keys()].sort()).toEqual([
    "a",
    "a/x",
    "a/x/1",
    "a/x/3",
    "b",
    "b/2",
    "b/4",
  ]);
});

it("takes the later of two items of the same path, as a restore does", async () => {
  const { write } = await catalog();
  await write("plan", "one", stream(folder("a"), file("a/1", { size: 1 }), file("a/1", { size: 2 })));
  expect((await readBack("one")).get("a/1")?.bytes).toBe(2);
});

it("holds paths of 4,096 bytes and names of 255 odd bytes", async () => {
  const { write } = await catalog();
  const deep = Array.from({ length: 128 }, (_, at) => `${at}`.padEnd(31, "d")).join("/");
  const wide = `${"\xff".repeat(255)}/${"'".repeat(255)}`;
  await write("plan", "one", stream(file(deep), file(wide)));
  const read = await readBack("one");
  expect(read.has(deep)).toBe(true);
  expect(read.has(wide)).toBe(true);
});

it("leaves the state before readable when it is cut off in the middle, and begins again", async () => {
  const { write } = await catalog();
  const random = seededRandom(8);
  const before = later(random, new Map(), 400);
  const after = later(random, before, 200);
  await write("plan", "one", () => asStream(random, before));
  const cutOff = async function* () {
    let pieces = 0;
    for await (const piece of asStream(random, after)) {
      if (++pieces === 20) throw new Error("borg was ended");
      yield piece;
    }
  };
  await expect(write("plan", "two", cutOff)).rejects.toThrow("borg was ended");
  expect(linesRead(await readBack("one"))).toEqual(linesOf(before));
  await write("plan", "two", () => asStream(random, after));
  expect(linesRead(await readBack("one"))).toEqual(linesOf(before));
  expect(linesRead(await readBack("two"))).toEqual(linesOf(after));
});
