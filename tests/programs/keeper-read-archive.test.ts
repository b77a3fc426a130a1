import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ArchiveItem, archiveItems } from "~/borg/archive-items";
import { itemsOfFields } from "~/borg/native/items-of-fields";
import { KeeperError } from "~/keeper/client";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import { openPool, type Pool } from "~/server/db";
import { readBack } from "~tests/support/catalog-model";
import { buildOddTree, inside } from "~tests/support/odd-tree";
import { createTestDatabase, startTestPostgres } from "~tests/support/postgres";
import { sampledBorgs } from "~tests/support/sampled";
import type { TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** What must come of a tree on disk, by path (binary string). Of a hard link any of its names may be the first. */
function onDisk(root: string): Map<string, { size: number | null; modified: number; target: string | null }> {
  const found = new Map<string, { size: number | null; modified: number; target: string | null }>();
  const look = (path: Buffer) => {
    const stat = lstatSync(path, { bigint: true });
    const target = stat.isSymbolicLink() ? readlinkSync(path, { encoding: "latin1" }) : null;
    const size = stat.isFile() && stat.nlink === 1n ? Number(stat.size) : null;
    found.set(path.toString("latin1").slice(1), { size, modified: Number(stat.mtimeNs / 1000n), target });
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(path, { encoding: "buffer" })) look(inside(path, name));
  };
  look(Buffer.from(root));
  return found;
}

describe.each(sampledBorgs("read-archive"))("reading an archive with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  const read = async (archive: string, repository: Awaited<ReturnType<TestClient["addRepository"]>>) => {
    const lines = archiveItems();
    const items: ArchiveItem[] = [];
    const { listedBytes } = await node.keeper(
      "read-archive",
      {
        clientId: client.id,
        repositoryId: repository.id,
        passphrase: repository.passphrase,
        archiveName: archive,
      },
      { onPiece: async (piece) => void items.push(...lines.push(piece)) },
    );
    lines.end();
    return { items, listedBytes };
  };

  const readNatively = async (
    archive: string,
    repository: Awaited<ReturnType<TestClient["addRepository"]>>,
  ) => {
    const ids = { clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase };
    const { archives } = await node.keeper("list-archives", ids);
    const borgId = archives.find(({ name }) => name === archive)?.borgId ?? "ab".repeat(32);
    const fields = itemsOfFields();
    const items: ArchiveItem[] = [];
    const { why } = await node.keeper(
      "read-archive-natively",
      { ...ids, borgId },
      { onPiece: async (piece) => void items.push(...fields.push(piece)) },
    );
    return { items, why };
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
  });
  afterAll(() => node.stop());

  it("streams every item of the odd tree with its bytes, sizes and times", async () => {
    const repository = await client.addRepository();
    const root = join(client.folder, "odd");
    buildOddTree(root);
    expect(await client.borg(repository, ["create", "::odd", root])).toMatchObject({ code: 0 });
    const { items, listedBytes } = await read("odd", repository);
    expect(listedBytes).toBeGreaterThan(1000);
    const expected = onDisk(root);
    expect(items.map((item) => item.path).sort()).toEqual([...expected.keys()].sort());
    for (const item of items) {
      const there = expected.get(item.path);
      // borg prints times through a floating-point number: the last microsecond may be off by one.
      if (item.type !== "h")
        expect(Math.abs((item.modified ?? 0) - (there?.modified ?? 0)), item.path).toBeLessThanOrEqual(1);
      if (item.type === "-" && there?.size != null) expect(item.size, item.path).toBe(there.size);
      // borg's formats have no form of a link's target that keeps bytes that are not UTF-8: `?` stands for them.
      if (item.type === "l" && !/[\xf8-\xff]/.test(there?.target ?? ""))
        expect(item.target, item.path).toBe(there?.target);
    }
    expect(items.filter((item) => item.type === "h").length).toBeGreaterThanOrEqual(2);
    expect(await readNatively("odd", repository)).toEqual({ items, why: null });
  });

  it("says why it cannot read without borg, as the account of the server's borg", async () => {
    const repository = await client.addRepository();
    expect(
      await client.borg(repository, ["create", "-C", "lzma,0", "::other", "/etc/hostname"]),
    ).toMatchObject({
      code: 0,
    });
    expect((await readNatively("other", repository)).why).toBe("the compression 0200 is not read here");
    expect((await readNatively("nothing", repository)).why).toContain("does not know the object");
    for (const name of readdirSync(repository.path).filter((name) => name.startsWith("index.")))
      rmSync(join(repository.path, name));
    // Not by way of a listing, in which borg would make the index anew.
    const ids = { clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase };
    const { why } = await node.keeper("read-archive-natively", { ...ids, borgId: "ab".repeat(32) });
    expect(why).toContain("no index");
  });

  it("fills a catalog with it, and the next archive with what differs", async () => {
    const postgres = await startTestPostgres();
    onTestFinished(() => postgres.stop());
    await createTestDatabase(postgres.adminUrl, "catalog");
    const pool = openPool(postgres.urlFor("catalog"));
    onTestFinished(() => pool.end());
    const shared = globalThis as typeof globalThis & { bbsPool?: Pool };
    shared.bbsPool = pool;
    const catalogued = await openCatalog(pool.sql, "r1");
    const repository = await client.addRepository();
    const root = join(client.folder, "catalogued");
    buildOddTree(root);
    const write = async (archive: string) => {
      expect(await client.borg(repository, ["create", "--lock-wait=30", `::${archive}`, root])).toMatchObject(
        { code: 0 },
      );
      const { items } = await read(archive, repository);
      const written = await writeArchive(
        pool.sql,
        { repository: catalogued, planId: "p", archiveId: archive },
        async function* () {
          yield items;
        },
      );
      return { written, held: [...(await readBack(archive)).keys()].sort() };
    };
    // Folders above the source are not stored; the catalog shows them all the same.
    const above = root
      .slice(1)
      .split("/")
      .slice(0, -1)
      .map((_, n, parts) => parts.slice(0, n + 1).join("/"));
    const expected = () => [...onDisk(root).keys(), ...above].sort();
    expect((await write("one")).held).toEqual(expected());
    writeFileSync(join(root, "empty file"), "no longer");
    const { written, held } = await write("two");
    expect(held).toEqual(expected());
    expect(written).toMatchObject({ opened: 1, closed: 1 });
  });

  it("refuses an archive that is not there, with no item before", async () => {
    const repository = await client.addRepository();
    await expect(read("nothing", repository)).rejects.toMatchObject({ code: "archive-missing" });
  });

  it("ends borg when the caller goes away in the middle", async () => {
    const repository = await client.addRepository();
    const root = join(client.folder, "many");
    mkdirSync(root);
    for (let n = 0; n < 4000; n++) writeFileSync(join(root, `${n}-${"x".repeat(200)}`), "");
    expect(await client.borg(repository, ["create", "::many", root])).toMatchObject({ code: 0 });
    const left = new AbortController();
    const reading = node.keeper(
      "read-archive",
      {
        clientId: client.id,
        repositoryId: repository.id,
        passphrase: repository.passphrase,
        archiveName: "many",
      },
      {
        signal: left.signal,
        onPiece: async () => {
          left.abort();
          await new Promise<void>(() => {});
        },
      },
    );
    await expect(reading).rejects.toBeInstanceOf(KeeperError);
    await until("no borg reads any more", async () => !borgLists(repository.path));
  });
});

function borgLists(path: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      return words.includes("list") && words.some((word) => word.startsWith(path));
    } catch {
      return false;
    }
  });
}
