import { expect, it, onTestFinished } from "vitest";
import { archiveId } from "~/domain/id";
import { authorize } from "~/server/access/authorize";
import { getArchive } from "~/server/archives/get-archive";
import { listArchives } from "~/server/archives/list-archives";
import { readFolder } from "~/server/archives/read-folder";
import { purgeFolderListings } from "~/server/jobs/purge-folder-listings";
import { startClaiming } from "~/worker/claim";
import { agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { later } from "~tests/support/database";
import { enrolledClient } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const entry = {
  ...{ name: Buffer.from("letter.txt").toString("base64"), lossless: true, type: "file", mode: "-rw-r--r--" },
  ...{ user: "ada", group: "ada", bytes: 12, modifiedAt: null, linkTarget: null },
};

async function given() {
  const world = await agentWorld();
  const keeper = await new ScriptedKeeper().start();
  const claiming = await startClaiming({
    ...{ storageNodeId: "main", slots: 3, quickSlots: 2, sweepMs: 200, heartbeatMs: 1000 },
    callKeeper: keeper.call,
  });
  onTestFinished(() => claiming.stop(0));
  const archive = await ledgerArchive(world);
  const view = await authorize(world.admin(), "view", world.client.id);
  const folder = (path: string, more: { waitMs?: number } = {}) =>
    readFolder(world.admin(), view, { archiveId: archiveId.parse(archive.id), path, ...more });
  return { world, keeper, archive, view, folder };
}

it("reads a folder through the worker, and the second time without asking the keeper", async () => {
  const { keeper, archive, folder } = await given();
  keeper.script["list-folder"] = () => ({ output: { entries: [entry], truncated: false } });
  const path = Buffer.from([0x68, 0xff]).toString("base64");
  expect(await folder(path)).toMatchObject({ entries: [entry], truncated: false });
  expect(await folder(path)).toMatchObject({ entries: [entry] });
  const asked = keeper.calls.filter((call) => call.verb === "list-folder");
  expect(asked).toHaveLength(1);
  expect(asked[0]?.input).toMatchObject({ archiveName: archive.name, path });
});

it("asks the keeper once when several people open one folder at once, or at most once each", async () => {
  const { keeper, folder } = await given();
  keeper.script["list-folder"] = () => ({ output: { entries: [], truncated: false } });
  const answers = await Promise.all([folder(""), folder(""), folder("")]);
  expect(answers.every((answer) => answer.entries.length === 0)).toBe(true);
  expect(keeper.calls.filter((call) => call.verb === "list-folder").length).toBeLessThanOrEqual(3);
});

it.each([
  ["archive-missing", "archive-missing"],
  ["passphrase-wrong", "storage-unavailable"],
] as const)("passes the keeper's %s on in its words", async (refuse, code) => {
  const { keeper, folder } = await given();
  keeper.script["list-folder"] = () => ({ refuse, say: "In the keeper's words." });
  await expect(folder("")).rejects.toMatchObject({ code, say: "In the keeper's words." });
});

it("says that it takes long instead of waiting for ever, and has the answer at the next try", async () => {
  const { world, keeper, folder } = await given();
  await keeper.stop();
  await expect(folder("", { waitMs: 500 })).rejects.toMatchObject({ code: "storage-unavailable" });
  keeper.script["list-folder"] = () => ({ output: { entries: [entry], truncated: true } });
  await keeper.start();
  expect(await folder("", { waitMs: 20_000 })).toMatchObject({ truncated: true });
  const [count] = await world.database.pool
    .sql`select count(*)::int as n from jobs where kind = 'list-folder'`;
  expect(count?.n).toBe(1);
});

it("forgets listings after a day and nothing else", async () => {
  const { world, keeper, folder } = await given();
  keeper.script["list-folder"] = () => ({ output: { entries: [], truncated: false } });
  await folder("");
  const count = async () => (await world.database.pool.sql`select id from jobs`).length;
  const before = await count();
  expect(await purgeFolderListings(world.database.workerCtx(new Date()))).toBe(0);
  expect(await purgeFolderListings(world.database.workerCtx(later({ hours: 25 }, new Date())))).toBe(1);
  expect(await count()).toBe(before - 1);
});

it("lists newest first, page by page, without gaps or doubles, and finds by name", async () => {
  const { world, archive } = await given();
  const at = new Date();
  const made = await Promise.all(
    [1, 2, 3, 4].map((n) => ledgerArchive(world, { name: `db-${n}`, observedAt: at })),
  );
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listArchives(world.admin(), { cursor, limit: 2 });
    seen.push(...page.items.map((one) => one.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen.sort()).toEqual([archive.id, ...made.map((one) => one.id)].sort());
  const found = await listArchives(world.admin(), { search: "DB-3", limit: 10 });
  expect(found.items.map((one) => one.name)).toEqual(["db-3"]);
  expect((await listArchives(world.admin(), { search: "%", limit: 10 })).items).toEqual([]);
});

it("shows another client's archive to nobody who asked for this one", async () => {
  const { world, archive } = await given();
  const { id } = await enrolledClient(world.admin(), "web-02");
  const foreign = await authorize(world.admin(), "view", id);
  await expect(getArchive(world.admin(), foreign, { archiveId: archive.id })).rejects.toMatchObject({
    code: "archive-missing",
  });
});
