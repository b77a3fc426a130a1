import { createHmac } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFilesBack, readWholeBack } from "~/server/restores/drills/read-back";
import { boundKeeper } from "~/worker/bound-keeper";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

const SALT = Buffer.alloc(32, 9);
let node: StorageNode;
let client: TestClient;
let repository: TestRepository;
let root = "";

beforeAll(async () => {
  node = await startStorageNode();
  client = await node.addClient();
  repository = await client.addRepository();
  root = join(client.folder, "tree");
  mkdirSync(root);
  for (const name of ["first", "second", "third"]) writeFileSync(join(root, name), name.repeat(30_000));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x6f, 0xff, 0x2a])]), "bytes, no text");
  writeFileSync(join(root, "-dash *"), "a name like an option");
  writeFileSync(join(root, "new\nline"), "two lines");
  linkSync(join(root, "first"), join(root, "first again"));
  expect(await client.borg(repository, ["create", "::one", root])).toMatchObject({ code: 0 });
});
afterAll(() => node.stop());

const keeper = () => boundKeeper((verb, input, call) => node.keeper(verb, input, call), {});
const archive = (archiveName = "one") => ({
  ...{ clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase, archiveName },
});

/** What the machine would have hashed. */
function hashed(name: Buffer | string, contents?: Buffer | string) {
  const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
  const read = contents ?? readFileSync(path);
  return {
    path: path.subarray(1).toString("base64"),
    bytes: Buffer.byteLength(read),
    hash: createHmac("sha256", SALT).update(read).digest("hex"),
  };
}

const drill = async (files: ReturnType<typeof hashed>[], name?: string) =>
  (await readFilesBack(keeper(), archive(name), { files, salt: SALT.toString("base64") })).files.map(
    ({ readBack }) => readBack,
  );

describe("files of a sample, read back out of an archive", () => {
  it("are the same, whatever bytes their names have", async () => {
    const names = ["first", "-dash *", "new\nline", Buffer.from([0x6f, 0xff, 0x2a])];
    const files = names.map((name) => hashed(name));
    const read = await readFilesBack(keeper(), archive(), { files, salt: SALT.toString("base64") });
    expect(read.files.map(({ readBack }) => readBack)).toEqual(files.map(() => "same"));
    expect(read.files.map(({ restoredHash }) => restoredHash)).toEqual(files.map(({ hash }) => hash));
    expect(read.brought).toEqual({
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  });

  it("are the same by each of their names, where a file has two", async () => {
    const files = [hashed("first again"), hashed("first")];
    expect(await drill(files)).toEqual(["same", "same"]);
  });

  it("differ or are missing, each by its name", async () => {
    const files = [hashed("first"), hashed("second", "what the machine had"), hashed("never there", "x")];
    expect(await drill(files)).toEqual(["same", "differs", "missing"]);
  });

  it("are refused where the archive is not there, which is no verdict about its files", async () => {
    await expect(drill([hashed("first")], "nowhere")).rejects.toMatchObject({ code: "archive-missing" });
  });
});

describe("everything, read back out of an archive", () => {
  it("is every file with its bytes, and one digest for the same list", async () => {
    const told: number[] = [];
    const whole = await readWholeBack(keeper(), archive(), ({ files }) => told.push(files));
    const once = readdirSync(root, { encoding: "buffer" }).filter((name) => `${name}` !== "first again");
    const bytes = once.map((name) => hashed(name).bytes);
    expect(whole).toMatchObject({
      stoppedBy: null,
      files: 6,
      bytes: bytes.reduce((sum, one) => sum + one, 0),
    });
    expect(told.length).toBe(whole.files);
    expect((await readWholeBack(keeper(), archive(), () => {})).listDigest).toBe(whole.listDigest);
  });
});

describe("a stored chunk that is not what borg wrote", () => {
  it("fails the drill by the name of the file that it is of, and the others are still told", async () => {
    const damaged = await client.addRepository();
    const folder = join(client.folder, "damaged");
    mkdirSync(folder);
    const contents = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
    const names = ["aaa", "bbb", "ccc"];
    for (const [at, name] of names.entries())
      writeFileSync(join(folder, name), Buffer.concat([Buffer.from(name), contents.subarray(at)]));
    expect(await client.borg(damaged, ["create", "--compression=none", "::one", folder])).toMatchObject({
      code: 0,
    });
    flipInTheMiddle(damaged);
    const files = names.map((name) => {
      const read = readFileSync(join(folder, name));
      const hash = createHmac("sha256", SALT).update(read).digest("hex");
      return { path: Buffer.from(join(folder, name).slice(1)).toString("base64"), bytes: read.length, hash };
    });
    const own = { ...archive(), repositoryId: damaged.id, passphrase: damaged.passphrase };
    const read = await readFilesBack(keeper(), own, { files, salt: SALT.toString("base64") });
    expect(read.files.map(({ readBack }) => readBack)).toEqual(["same", "unreadable", "same"]);
    const whole = await readWholeBack(keeper(), own, () => {});
    expect(whole.stoppedBy).toBe(`${join(folder, "bbb").slice(1)} cannot be read out of the archive`);
  });
});

/** Flips a byte in the middle of the segment that holds the chunks of three files of one length, one behind the other: it is the second one's. */
function flipInTheMiddle({ path }: TestRepository): void {
  const folder = join(path, "data", "0");
  const [largest] = readdirSync(folder)
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .sort((a, b) => b.bytes.length - a.bytes.length);
  if (!largest) throw new Error("there is no segment");
  const middle = Math.floor(largest.bytes.length / 2);
  largest.bytes[middle] = (largest.bytes[middle] ?? 0) ^ 1;
  writeFileSync(join(folder, largest.name), largest.bytes);
}
