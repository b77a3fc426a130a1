import { expect, it } from "vitest";
import { fillCatalog } from "~/server/archives/fill-catalog";
import { queueCatalog, rebuildCatalog } from "~/server/archives/queue-catalog";
import { KeeperProblem } from "~/server/keeper-port";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { readBack } from "~tests/support/catalog-model";
import { later } from "~tests/support/database";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const line = (path: string, size: number) =>
  `-\t-rw-r--r--\t${size}\t2026-11-23T00:54:23.000001\t'root'\t'root'\t''\t'${path}'\n`;

/** A repository with archives, each of which holds one file of its own and one that all have. */
async function world() {
  const made = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  const read: string[] = [];
  scripted.script["read-archive"] = ({ archiveName }) => {
    read.push(String(archiveName));
    // In pieces that end in the middle of lines.
    const text = line("etc/hosts", 10) + line(`etc/${archiveName}`, 20);
    return { output: { listedBytes: text.length }, pieces: [text.slice(0, 37), text.slice(37)] };
  };
  const ids = { clientId: made.client.id, repositoryId: made.repositoryId };
  const keeper = boundKeeper(scripted.call, {});
  return {
    ...{ ...made, scripted, read, ids },
    archive: (name: string, hours: number) => ledgerArchive(made, { name, observedAt: later({ hours }) }),
    fill: () => fillCatalog(made.database.workerCtx(), keeper, ids),
    queued: async () =>
      (await made.database.pool.sql`select id from jobs where kind = 'catalog' and state = 'queued'`).length,
    drop: (id: string) =>
      made.database.pool.sql`update archive_ledger set removed_at = now() where id = ${id}`,
  };
}

it("writes what is missing, oldest first, each archive once", async () => {
  const { archive, fill, read } = await world();
  const second = await archive("second", 2);
  const first = await archive("first", 1);
  expect(await fill()).toMatchObject({ archives: 2, items: 4, unreadable: [] });
  expect(read).toEqual(["first", "second"]);
  expect([...(await readBack(first.id)).keys()].sort()).toEqual(["etc", "etc/first", "etc/hosts"]);
  expect([...(await readBack(second.id)).keys()].sort()).toEqual(["etc", "etc/hosts", "etc/second"]);
  expect(await fill()).toMatchObject({ archives: 0 });
  expect(read.length).toBe(2);
});

it("goes on where it was when the storage node went away, and leaves out an archive that borg does not know", async () => {
  const { archive, fill, scripted, read } = await world();
  await archive("first", 1);
  const gone = await archive("gone", 2);
  await archive("third", 3);
  const script = scripted.script["read-archive"];
  scripted.script["read-archive"] = (input) => {
    if (input.archiveName === "gone") return { refuse: "archive-missing" };
    return input.archiveName === "third" ? { refuse: "repository-locked" } : (script?.(input) ?? "nothing");
  };
  await expect(fill()).rejects.toBeInstanceOf(KeeperProblem);
  scripted.script["read-archive"] = (input) =>
    input.archiveName === "gone" ? { refuse: "archive-missing" } : (script?.(input) ?? "nothing");
  expect(await fill()).toMatchObject({ archives: 1, unreadable: ["gone"] });
  expect(read).toEqual(["first", "third"]);
  await expect(readBack(gone.id)).rejects.toThrow("does not hold");
});

it("reads without borg, and has borg list what only borg reads, also when that shows in the middle", async () => {
  const { archive, fill, scripted, read } = await world();
  const first = await archive("first", 1);
  const second = await archive("second", 2);
  const item = (path: string) =>
    ["-", "rw-r--r--", "7", "1790000000000000", "root", "root", "", path, ""].join("\0");
  const why = "an item has a key that is not known";
  scripted.script["read-archive-natively"] = ({ borgId }) => {
    const pieces = [item("srv/own").slice(0, 9), item("srv/own").slice(9) + item("srv/two")];
    return { output: { why: borgId === first.borgId ? null : why }, pieces };
  };
  expect(await fill()).toMatchObject({ archives: 2, items: 4, unreadable: [] });
  expect(read).toEqual(["second"]);
  expect([...(await readBack(first.id)).keys()].sort()).toEqual(["srv", "srv/own", "srv/two"]);
  expect([...(await readBack(second.id)).keys()].sort()).toEqual(["etc", "etc/hosts", "etc/second"]);
});

it("refuses a listing that ends in the middle of a line, and keeps nothing of it", async () => {
  const { archive, fill, scripted } = await world();
  const { id } = await archive("cut", 1);
  scripted.script["read-archive"] = () => ({
    output: { listedBytes: 9 },
    pieces: [line("etc/a", 1) + line("etc/b", 1).slice(0, 20)],
  });
  await expect(fill()).rejects.toThrow("not understood");
  await expect(readBack(id)).rejects.toThrow("does not hold");
});

it("is queued once when archives are missing or gone, and not when all is there", async () => {
  const { archive, fill, queued, database, ids, drop } = await world();
  const ctx = database.workerCtx();
  const first = await archive("first", 1);
  await queueCatalog(ctx, ids);
  await queueCatalog(ctx, ids);
  expect(await queued()).toBe(1);
  await database.pool.sql`delete from jobs where kind = 'catalog'`;
  await fill();
  await queueCatalog(ctx, ids);
  expect(await queued()).toBe(0);
  await drop(first.id);
  await queueCatalog(ctx, ids);
  expect(await queued()).toBe(1);
});

it("is written anew from nothing after it was dropped", async () => {
  const { archive, fill, queued, database, ids } = await world();
  const first = await archive("first", 1);
  await fill();
  await rebuildCatalog(database.workerCtx(), ids);
  await expect(readBack(first.id)).rejects.toThrow("does not hold");
  expect(await queued()).toBe(1);
  expect(await fill()).toMatchObject({ archives: 1 });
  expect((await readBack(first.id)).size).toBe(3);
});
