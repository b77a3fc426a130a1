import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { nameAt } from "~/keeper/self-backup/keep-newest";
import { readSealed, type SealedRecord } from "~/keeper/self-backup/read-sealed";
import { makeRecoveryKeyPair, parseRecoveryKey } from "~/server/system/self-backup/recovery-key";
import { putFilesBack } from "~/supervisor/recover/put-files-back";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

const { paper, publicKey } = makeRecoveryKeyPair();
const key = parseRecoveryKey(paper) ?? Buffer.alloc(0);
let node: StorageNode;
const folder = () => join(node.data, "vault/self-backups");
const kept = () => readdirSync(folder()).sort();

beforeAll(async () => {
  node = await startStorageNode({ audits: false });
});
afterAll(() => node.stop());

async function* pieces(...given: Buffer[]) {
  yield* given;
}
const make = (source: AsyncIterable<Buffer> = pieces(Buffer.from("rows"))) =>
  node.keeper("self-backup", { recoveryKey: publicKey }, { pieces: source });
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? error.code : String(error)),
  );
/** Names carry seconds: the next one must have another. */
const clear = () => rmSync(folder(), { recursive: true, force: true });

async function recordsOf(path: string): Promise<SealedRecord[]> {
  const records: SealedRecord[] = [];
  for await (const record of readSealed(path, key)) records.push(record);
  return records;
}

describe("a self-backup in the keeper's hands", () => {
  it("holds what the worker sent, byte for byte, and the files that only root can read", async () => {
    const sent = [Buffer.alloc(200_000, "a"), Buffer.alloc(65_536, "b"), Buffer.from("c")];
    const { name, bytes, locations } = await make(pieces(...sent));
    expect({ bytes, locations }).toEqual({ bytes: statSync(join(folder(), name)).size, locations: ["main"] });
    const records = await recordsOf(join(folder(), name));
    const server = records.flatMap(({ kind, content }) => (kind === "server" ? [content] : []));
    expect(Buffer.concat(server).equals(Buffer.concat(sent))).toBe(true);
    const at = records.findIndex(
      ({ kind, content }) => kind === "file" && String(content) === "ssh/ssh_host_ed25519_key",
    );
    expect(records[at + 1]?.content.equals(readFileSync(join(node.data, "ssh/ssh_host_ed25519_key")))).toBe(
      true,
    );
  });

  it("takes nothing that the worker sends for a file of its own, and no path comes out of it", async () => {
    clear();
    // As a file's record would look, if what stands inside a piece were read as one.
    const name = Buffer.from("../../etc/cron.d/evil");
    const forged = Buffer.concat([
      Buffer.from([2, 0, 0, 0, name.length]),
      name,
      Buffer.from([3, 0, 0, 0, 1, 0x2a]),
    ]);
    const made = await make(pieces(forged));
    const names = (await recordsOf(join(folder(), made.name))).flatMap(({ kind, content }) =>
      kind === "file" ? [String(content)] : [],
    );
    expect(names.filter((one) => one.includes("evil"))).toEqual([]);
    const target = join(dirname(node.data), "put-back");
    mkdirSync(target);
    await putFilesBack(join(folder(), made.name), key, target);
    expect(readdirSync(target)).toContain("ssh");
    expect(readdirSync(target).filter((one) => one !== "ssh" && one !== "keeper")).toEqual([]);
  });

  it("leaves nothing when the worker goes away in the middle", async () => {
    clear();
    async function* breaks() {
      yield Buffer.alloc(1_000_000, "x");
      throw new Error("the database went away");
    }
    expect(await refused(make(breaks()))).toContain("the database went away");
    // And the next one is made as if nothing had been.
    await until("the keeper has noticed", async () => (await refused(make())) === "no refusal");
    expect(kept()).toHaveLength(1);
  });

  it("keeps the newest 14, none of the last 14 days is removed, and nobody makes room by asking often", async () => {
    clear();
    mkdirSync(folder(), { recursive: true });
    const day = (days: number) =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
    for (let days = 1; days <= 20; days++)
      writeFileSync(join(folder(), `bbs-self-${day(days)}-020000.bbsbackup`), "x");
    for (let count = 10; count < 20; count++)
      writeFileSync(join(folder(), `bbs-self-${day(2)}-0300${count}.bbsbackup`), "x");
    writeFileSync(join(folder(), "bbs-self-20200101-020000.bbsbackup.unfinished"), "x");
    await make();
    const left = kept();
    expect(left.filter((name) => name.endsWith("unfinished"))).toEqual([]);
    for (let days = 1; days < 14; days++)
      expect(left, String(days)).toContain(`bbs-self-${day(days)}-020000.bbsbackup`);
    expect(left).not.toContain(`bbs-self-${day(16)}-020000.bbsbackup`);

    clear();
    mkdirSync(folder(), { recursive: true });
    for (let minutes = 1; minutes <= 10; minutes++)
      writeFileSync(join(folder(), nameAt(new Date(Date.now() - minutes * 60_000))), "x");
    expect(await refused(make())).toBe("not-allowed");
  });

  it("is copied to every other location", async () => {
    clear();
    const disk = join(dirname(node.data), "disk-b");
    mkdirSync(disk);
    writeFileSync(join(node.data, "locations.json"), JSON.stringify({ "disk-b": disk }), { mode: 0o600 });
    await node.endKeeper("SIGTERM");
    await node.startKeeper();
    const { name, locations } = await make();
    expect(locations).toEqual(["main", "disk-b"]);
    expect(
      readFileSync(join(disk, "vault/self-backups", name)).equals(readFileSync(join(folder(), name))),
    ).toBe(true);
  });
});
