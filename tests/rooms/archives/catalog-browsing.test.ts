import { expect, it } from "vitest";
import { archiveId as idOf } from "~/domain/id";
import { authorize } from "~/server/access/authorize";
import { browseFolder } from "~/server/archives/browse-folder";
import { comparableArchives } from "~/server/archives/comparable-archives";
import { whatGrew } from "~/server/archives/compare-archives";
import { fileTimeline } from "~/server/archives/file-timeline";
import { findFiles } from "~/server/archives/find-files";
import { locateInArchive } from "~/server/archives/locate-in-archive";
import { measureSelection } from "~/server/archives/measure-selection";
import { clientTags } from "~/server/db/schema/clients";
import { signedInAs } from "~tests/support/acting-people";
import type { AgentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { base64, file, filledCatalog, folder, shown } from "~tests/support/catalog-world";
import { TEST_START } from "~tests/support/database";
import { enrolledClient } from "~tests/support/fleet";

const mayView = (world: AgentWorld) => authorize(world.admin(), "view", world.client.id);

it("tells what stands at a path: a folder, a file with what is known of it, or the nearest folder that is there", async () => {
  const { world, monday } = await filledCatalog();
  const may = await mayView(world);
  const locate = async (path: string) => {
    const found = await locateInArchive(world.admin(), may, { archiveId: monday, path: base64(path) });
    return [shown(found.folder), found.missing, found.entry && [shown(found.entry.name), found.entry.bytes]];
  };
  expect(await locate("")).toEqual(["", false, null]);
  expect(await locate("home/photos/")).toEqual(["home/photos", false, null]);
  expect(await locate("home/old.txt")).toEqual(["home", false, ["old.txt", 5]]);
  // In Tuesday's archive only.
  expect(await locate("home/photos/new.jpg")).toEqual(["home/photos", true, null]);
  expect(await locate("home/ada/letters/a.txt")).toEqual(["home", true, null]);
  expect(await locate("nowhere/at/all")).toEqual(["", true, null]);
  // Below a file there is nothing; the folder that holds it is the nearest.
  expect(await locate("home/old.txt/x")).toEqual(["home", true, null]);
});

it("measures what is selected, folders with all below them; what is not there counts nothing", async () => {
  const { world, tuesday } = await filledCatalog();
  const may = await mayView(world);
  const measure = (...paths: string[]) =>
    measureSelection(world.admin(), may, { archiveId: tuesday, paths: paths.map(base64) });
  expect(await measure("home/photos", "home/Report.pdf")).toEqual({ bytes: 7120, files: 3 });
  expect(await measure("")).toEqual({ bytes: 7120, files: 3 });
  expect(await measure("home/old.txt")).toEqual({ bytes: 0, files: 0 });
  expect(await measure()).toEqual({ bytes: 0, files: 0 });
});

it("knows nothing of sizes and comparisons while the catalog does not hold the archive, and says so", async () => {
  const { world } = await filledCatalog();
  const may = await mayView(world);
  const archiveId = idOf.parse((await ledgerArchive(world)).id);
  const path = base64("home/old.txt");
  expect(await measureSelection(world.admin(), may, { archiveId, paths: [path] })).toBeNull();
  expect(await comparableArchives(world.admin(), may, { archiveId })).toMatchObject({ known: false });
  expect(await locateInArchive(world.admin(), may, { archiveId, path })).toEqual({
    ...{ folder: path, entry: null, missing: false, source: "borg" },
  });
});

it("offers archives of the same plan to compare with, by age, and no others", async () => {
  const { world, monday, tuesday, write } = await filledCatalog();
  const may = await mayView(world);
  const wednesday = await write([folder("home")], 48);
  await ledgerArchive(world, { byHand: true });
  const told = await comparableArchives(world.admin(), may, { archiveId: tuesday });
  expect(told.known).toBe(true);
  expect(told.older.map(({ archiveId }) => archiveId)).toEqual([monday]);
  expect(told.newer.map(({ archiveId }) => archiveId)).toEqual([wednesday]);
});

it("tells what grew also below folders that shrank", async () => {
  const { world, tuesday, write } = await filledCatalog();
  const may = await mayView(world);
  const later = await write(
    [
      folder("home"),
      folder("home/photos"),
      folder("home/photos/new"),
      file("home/photos/new/large.jpg", 900),
    ],
    48,
  );
  const grown = await whatGrew(world.admin(), may, { before: tuesday, after: later, limit: 10 });
  expect(grown.map(({ path, bytesBefore, bytesAfter }) => [shown(path), bytesBefore, bytesAfter])).toEqual([
    ["home/photos/new", 0, 900],
  ]);
});

it("marks the version of a file that the newest archive holds, and how many archives hold each", async () => {
  const { world, monday, tuesday } = await filledCatalog();
  const may = await mayView(world);
  const of = async (path: string) =>
    (
      await fileTimeline(world.admin(), may, { repositoryId: world.repositoryId, path: base64(path) })
    ).versions.map((one) => [one.bytes, one.current, one.archiveCount, one.oldest.archiveId]);
  expect(await of("home/Report.pdf")).toEqual([
    [120, true, 1, tuesday],
    [100, false, 1, monday],
  ]);
  expect(await of("home/photos/Ähre.JPG")).toEqual([[3000, true, 2, monday]]);
  expect(await of("home/old.txt")).toEqual([[5, false, 1, monday]]);
});

it("finds files of exactly the clients that grants name, by client or by tag, for the permission to look only", async () => {
  const { world } = await filledCatalog();
  const { database, client } = world;
  await database.pool.db.insert(clientTags).values({ clientId: client.id, tag: "berlin" });
  const found = async (grant: { clientId?: string; tag?: string; permissions?: [] | ["view"] }) => {
    const actor = await signedInAs(database, {
      grants: [{ clientId: null, tag: null, permissions: ["view"], ...grant }],
    });
    const ctx = database.ctx({ actor, now: TEST_START });
    const { items } = await findFiles(ctx, { text: "report", limit: 50 });
    return items.map(({ clientId }) => clientId);
  };
  expect(await found({ tag: "berlin" })).toEqual([client.id]);
  expect(await found({ clientId: client.id })).toEqual([client.id]);
  expect(await found({})).toEqual([client.id]);
  expect(await found({ tag: "hamburg" })).toEqual([]);
  expect(await found({ tag: "berlin", permissions: [] })).toEqual([]);
  const { id: other } = await enrolledClient(world.admin(), "web-02");
  expect(await found({ clientId: other })).toEqual([]);
});

it("gives a search up when nobody waits for it any more", async () => {
  const { world } = await filledCatalog();
  const signal = AbortSignal.abort(new Error("typed on"));
  await expect(findFiles(world.admin(), { text: "report", limit: 5, signal })).rejects.toThrow("typed on");
});

it("shows names that are not UTF-8 by their bytes, and finds them", async () => {
  const { world, write } = await filledCatalog();
  const may = await mayView(world);
  const odd = { ...file(""), path: "caf\xe9.txt" };
  const archiveId = await write([odd], 48);
  const browsed = await browseFolder(world.admin(), may, {
    ...{ archiveId, path: "", order: "name", reversed: false, limit: 10 },
  });
  const name = Buffer.from("caf\xe9.txt", "latin1").toString("base64");
  expect(browsed.entries).toMatchObject([{ name, lossless: true }]);
  const { items } = await findFiles(world.admin(), { extension: "txt", text: "caf", limit: 5 });
  expect(items.map((one) => one.path)).toEqual([name]);
});
