import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareTrees } from "~tests/support/compare-trees";
import { buildOddTree, SPARSE_BLOCKS } from "~tests/support/odd-tree";
import { newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/** Restores onto the storage server itself, of archives that a hostile client made. */
let node: StorageNode;
let client: TestClient;
let own: TestRepository;
let source: string;

beforeAll(async () => {
  node = await startStorageNode();
  client = await node.addClient();
  own = await client.addRepository();
  source = join(client.folder, "odd");
  buildOddTree(source);
});
afterAll(() => node.stop());

async function archive(name: string, make: () => Promise<{ out: string; code: number | null }>) {
  expect(await make()).toMatchObject({ code: 0 });
  const { out } = await client.borg(own, ["info", "--json", `::${name}`]);
  return { archiveName: name, borgId: String(JSON.parse(out).archives[0].id) };
}

function restore(
  part: { archiveName: string; borgId: string },
  paths: string[] = [],
  bytes: number | null = null,
) {
  const restoreId = newTestId();
  const { id: repositoryId, passphrase } = own;
  const done = node.keeper("restore-to-folder", {
    ...{ clientId: client.id, repositoryId, passphrase, restoreId, bytes },
    parts: [{ ...part, paths }],
  });
  return { restoreId, done };
}

it("brings the odd tree back but for owners, for root alone to read", async () => {
  const made = await archive("all", () => client.borg(own, ["create", "::all", source]));
  const { folder, skippedCount } = await restore(made).done;
  expect(skippedCount).toBe(0);
  const { differences } = compareTrees(source, join(folder, source), {
    blocks: SPARSE_BLOCKS,
    owners: false,
  });
  expect(differences).toEqual([]);
  expect([statSync(folder).uid, statSync(folder).mode & 0o777]).toEqual([0, 0o700]);
  for (const user of [client.user, `bbv-${client.id}`, "nobody"]) {
    const reading = () =>
      execFileSync("setpriv", [`--reuid=${user}`, "--clear-groups", "ls", folder], { stdio: "pipe" });
    expect(reading, user).toThrow(/Permission denied/);
  }
  const some = await restore(made, [Buffer.from(join(source, "linked b").slice(1)).toString("base64")]).done;
  expect(some).toMatchObject({ files: 1 });
  expect(readFileSync(join(some.folder, source, "linked b"), "utf8")).toBe("one inode, three names\n");
});

it("lets no forged archive out of the folder: not into the vault, not into another repository", async () => {
  const victim = join(node.data, "home", client.id, "repos", own.id, "data", "0");
  const marked = join(node.data, "victim");
  mkdirSync(marked);
  execFileSync("chown", [`bbv-${client.id}`, marked]);
  const tar = join(client.folder, "forged.tar");
  execFileSync("python3", ["-c", FORGE, tar, marked, victim]);
  const made = await archive("forged", () => client.borg(own, ["import-tar", "::forged", tar]));
  const before = readdirSync(victim).sort();
  const { folder, skippedCount } = await restore(made).done;
  expect(skippedCount).toBeGreaterThan(0);
  expect(readdirSync(marked)).toEqual([]);
  expect(readdirSync(victim).sort()).toEqual(before);
  expect(readFileSync(join(folder, "good"), "utf8")).toBe("evil");
  expect(execFileSync("find", [folder, "-type", "b", "-o", "-type", "c"]).toString()).toBe("");
});

it("refuses what would not fit and an archive of another id, and leaves nothing", async () => {
  writeFileSync(join(source, "more"), "more");
  const made = await archive("more", () => client.borg(own, ["create", "::more", source]));
  const large = restore(made, [], 1e15);
  await expect(large.done).rejects.toMatchObject({ code: "disk-full" });
  const other = restore({ ...made, borgId: "0".repeat(64) });
  await expect(other.done).rejects.toMatchObject({ code: "archive-missing" });
  for (const { restoreId } of [large, other])
    expect(existsSync(join(node.data, "restored", restoreId))).toBe(false);
});

const FORGE = `
import io, sys, tarfile
tar = tarfile.open(sys.argv[1], "w")
def link(name, to):
    entry = tarfile.TarInfo(name); entry.type = tarfile.SYMTYPE; entry.linkname = to; tar.addfile(entry)
def file(name):
    entry = tarfile.TarInfo(name); entry.size = 4; tar.addfile(entry, io.BytesIO(b"evil"))
for number, place in enumerate(sys.argv[2:]):
    link("x%d" % number, place); file("x%d/evil" % number)
    link("y%d" % number, "/proc/1/root" + place); file("y%d/evil" % number)
    link("up%d" % number, "../" * 20 + place[1:]); file("up%d/evil" % number)
device = tarfile.TarInfo("disk"); device.type = tarfile.BLKTYPE; device.mode = 0o666; device.devmajor = 8; tar.addfile(device)
file("good")
tar.close()
`;
