import { expect, it } from "vitest";
import type { ArchiveId } from "~/domain/id";
import { authorize } from "~/server/access/authorize";
import { browseFolder } from "~/server/archives/browse-folder";
import { compareArchives, whatGrew } from "~/server/archives/compare-archives";
import { fileTimeline } from "~/server/archives/file-timeline";
import { type FileSearch, findFiles } from "~/server/archives/find-files";
import { whatIsLargest } from "~/server/archives/largest-files";
import { signedInAs } from "~tests/support/acting-people";
import type { AgentWorld } from "~tests/support/agent-world";
import { base64, filledCatalog, JUNE, shown } from "~tests/support/catalog-world";
import { TEST_START } from "~tests/support/database";

const mayView = (world: AgentWorld) => authorize(world.admin(), "view", world.client.id);
const find = async (world: AgentWorld, search: Omit<FileSearch, "limit">) =>
  (await findFiles(world.admin(), { limit: 50, ...search })).items.map((item) => shown(item.path)).sort();

it("lists a folder from the catalog, folders first with what is below them, in any order, page by page", async () => {
  const { world, monday, tuesday } = await filledCatalog();
  const may = await mayView(world);
  const browse = (
    id: ArchiveId,
    more: { order?: "name" | "size" | "date"; cursor?: string | null; limit?: number } = {},
  ) =>
    browseFolder(world.admin(), may, {
      archiveId: id,
      path: base64("home"),
      order: "name",
      reversed: false,
      limit: 10,
      ...more,
    });
  const entries = await browse(monday);
  expect(entries).toMatchObject({ source: "catalog", nextCursor: null });
  expect(entries.entries.map((one) => [shown(one.name), one.bytes, one.files])).toEqual([
    ["photos", 3000, 1],
    ["Report.pdf", 100, null],
    ["old.txt", 5, null],
  ]);
  const bySize = await browse(tuesday, { order: "size", limit: 1 });
  expect(bySize.entries.map((one) => [shown(one.name), one.bytes])).toEqual([["photos", 7000]]);
  expect(
    (await browse(tuesday, { order: "size", cursor: bySize.nextCursor })).entries.map((one) =>
      shown(one.name),
    ),
  ).toEqual(["Report.pdf"]);
  await expect(
    browseFolder(world.admin(), may, {
      archiveId: monday,
      path: base64("etc"),
      order: "name",
      reversed: false,
      limit: 10,
    }),
  ).rejects.toMatchObject({ code: "archive-missing" });
});

it("finds by part, pattern, ending and beginning of a name, whatever its case; by size, date, and only what is deleted", async () => {
  const { world } = await filledCatalog();
  expect(await find(world, { text: "REPORT" })).toEqual(["home/Report.pdf"]);
  expect(await find(world, { text: "ähre" })).toEqual(["home/photos/Ähre.JPG"]);
  expect(await find(world, { text: "*.j?g" })).toEqual(["home/photos/new.jpg", "home/photos/Ähre.JPG"]);
  expect(await find(world, { extension: "jpg" })).toEqual(["home/photos/new.jpg", "home/photos/Ähre.JPG"]);
  expect(await find(world, { text: "ph" })).toEqual(["home/photos"]);
  expect(await find(world, { text: "%" })).toEqual([]);
  expect(await find(world, { leastBytes: 110 })).toEqual([
    "home/Report.pdf",
    "home/photos/new.jpg",
    "home/photos/Ähre.JPG",
  ]);
  expect(await find(world, { modifiedAfter: new Date(JUNE / 1000 + 1) })).toEqual([
    "home/Report.pdf",
    "home/photos/new.jpg",
  ]);
  expect(await find(world, { deletedOnly: true })).toEqual(["home/old.txt"]);
});

it("finds page after page each path once", async () => {
  const { world } = await filledCatalog();
  const paths: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await findFiles(world.admin(), { limit: 1, cursor });
    paths.push(...page.items.map((item) => shown(item.path)));
    cursor = page.nextCursor;
  }
  expect(paths.sort()).toEqual([
    "home",
    "home/Report.pdf",
    "home/old.txt",
    "home/photos",
    "home/photos/new.jpg",
    "home/photos/Ähre.JPG",
  ]);
});

it("finds nothing of clients that one may not see", async () => {
  const { world } = await filledCatalog();
  const nobody = await signedInAs(world.database, { grants: [] });
  const other = await signedInAs(world.database, {
    grants: [{ clientId: null, tag: "front", permissions: ["view"] }],
  });
  const own = await signedInAs(world.database, {
    grants: [{ clientId: world.client.id, tag: null, permissions: ["view"] }],
  });
  const count = async (actor: typeof own, clientId?: string) =>
    (await findFiles(world.database.ctx({ actor, now: TEST_START }), { text: "report", limit: 50, clientId }))
      .items.length;
  expect([
    await count(nobody),
    await count(other),
    await count(nobody, world.client.id),
    await count(own),
  ]).toEqual([0, 0, 0, 1]);
});

it("tells every version of a file and which archives hold it; of an archive that is gone nothing, at once", async () => {
  const { world, monday, tuesday, drop } = await filledCatalog();
  const may = await mayView(world);
  const timeline = async (path: string) =>
    (
      await fileTimeline(world.admin(), may, { repositoryId: world.repositoryId, path: base64(path) })
    ).versions.map((one) => [one.bytes, one.archives.map((archive) => archive.archiveId)]);
  expect(await timeline("home/Report.pdf")).toEqual([
    [120, [tuesday]],
    [100, [monday]],
  ]);
  expect(await timeline("home/photos/Ähre.JPG")).toEqual([[3000, [tuesday, monday]]]);
  await drop(monday);
  expect(await timeline("home/Report.pdf")).toEqual([[120, [tuesday]]]);
  expect(await timeline("home/old.txt")).toEqual([]);
  expect(await find(world, { text: "old" })).toEqual([]);
});

it("compares two archives folder by folder with totals, and tells what is largest and what grew", async () => {
  const { world, monday, tuesday } = await filledCatalog();
  const may = await mayView(world);
  const compare = async (path: string) =>
    (await compareArchives(world.admin(), may, { before: monday, after: tuesday, path })).entries;
  expect(await compare("")).toMatchObject([
    {
      name: base64("home"),
      change: "changed",
      added: 1,
      changed: 1,
      removed: 1,
      bytesBefore: 3105,
      bytesAfter: 7120,
      filesBefore: 3,
      filesAfter: 3,
    },
  ]);
  expect(
    (await compare(base64("home"))).map((one) => [
      shown(one.name),
      one.change,
      one.added,
      one.changed,
      one.removed,
    ]),
  ).toEqual([
    ["Report.pdf", "changed", 0, 1, 0],
    ["old.txt", "removed", 0, 0, 1],
    ["photos", "changed", 1, 0, 0],
  ]);
  expect(await whatGrew(world.admin(), may, { before: monday, after: tuesday, limit: 1 })).toMatchObject([
    { path: "", bytesBefore: 3105, bytesAfter: 7120 },
  ]);
  expect(
    (await whatIsLargest(world.admin(), may, { archiveId: monday, limit: 1 })).map((one) => shown(one.path)),
  ).toEqual(["home/photos/Ähre.JPG"]);
});
