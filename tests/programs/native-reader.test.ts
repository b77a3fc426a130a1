import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ArchiveItem, archiveItems } from "~/borg/archive-items";
import { LISTING_FORMAT } from "~/borg/listing";
import { readArchiveRecord } from "~/borg/native/archive-record";
import { ItemFields } from "~/borg/native/item-fields";
import { ItemReader } from "~/borg/native/item-reader";
import { itemsOfFields } from "~/borg/native/items-of-fields";
import { NotUnderstood } from "~/borg/native/not-understood";
import { objectOpener } from "~/borg/native/open-object";
import { readArchive } from "~/borg/native/read-archive";
import { StoredObjects } from "~/borg/native/stored-objects";
import { Unpack } from "~/borg/native/unpack";
import { type ForeignRepository, makeForeign } from "~tests/support/foreign-repository";
import { buildOddTree } from "~tests/support/odd-tree";
import { bareEnvironment } from "~tests/support/run-program";
import { sampled, sampledBorgs } from "~tests/support/sampled";

const ENCRYPTIONS = [
  ...["none", "repokey", "repokey-blake2", "keyfile", "keyfile-blake2", "authenticated"],
  "authenticated-blake2",
];
const COMPRESSIONS = ["none", "lz4", "zstd,3", "zstd,19", "zlib,6", "auto,zstd,10"];
/** Others every day; with SOAK all with all. */
const CASES = sampled(
  ENCRYPTIONS.flatMap((encryption) => COMPRESSIONS.map((compression) => ({ encryption, compression }))),
  4,
);

let folder: string;
let tree: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "native-reader-"));
  tree = join(folder, "odd");
  buildOddTree(tree);
  // It stays sparse, but is read for each archive.
  truncateSync(join(tree, "sparse"), 2_000_000);
  if (process.getuid?.() === 0) {
    execFileSync("mknod", [join(tree, "character device"), "c", "1", "3"]);
    execFileSync("mknod", [join(tree, "block device"), "b", "7", "200"]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What borg lists, and what is read without it. */
function listed(repository: ForeignRepository, name: string): ArchiveItem[] {
  const lines = archiveItems();
  const items = lines.push(Buffer.from(repository.run("list", `--format=${LISTING_FORMAT}`, `::${name}`)));
  lines.end();
  return items;
}

function idOf(repository: ForeignRepository, name: string): string {
  const found = JSON.parse(repository.run("info", "--json", `::${name}`));
  return found.archives[0].id;
}

async function read(repository: ForeignRepository, archiveId: string): Promise<ArchiveItem[]> {
  const fields = itemsOfFields();
  const items: ArchiveItem[] = [];
  const { path, passphrase, key } = repository;
  await readArchive({ repositoryPath: path, archiveId, passphrase, keyFile: key }, (piece) =>
    items.push(...fields.push(Buffer.from(piece))),
  );
  fields.end();
  return items;
}

describe.each(sampledBorgs("native-reader"))("archives of borg $version", ({ borg }) => {
  const make = (encryption: string) =>
    makeForeign({ encryption, inside: folder, archives: [], ...(borg === undefined ? {} : { borg }) });

  it.each(CASES)(
    "are read as borg lists them: $encryption, $compression",
    async ({ encryption, compression }) => {
      const repository = make(encryption);
      repository.run("create", `--compression=${compression}`, "::odd", tree);
      const expected = listed(repository, "odd");
      expect(expected.length).toBeGreaterThan(60);
      expect(await read(repository, idOf(repository, "odd"))).toEqual(expected);
    },
  );

  it("are left to borg where it alone knows: lzma, hidden sizes, another passphrase, no key, no archive", async () => {
    const repository = make("repokey");
    repository.run("create", "::plain", tree);
    repository.run("create", "--compression=lzma,0", "::lzma", tree);
    repository.run("create", "--compression=obfuscate,110,lz4", "::hidden", tree);
    const plain = idOf(repository, "plain");
    await expect(read(repository, idOf(repository, "lzma"))).rejects.toThrow("compression 0200");
    await expect(read(repository, idOf(repository, "hidden"))).rejects.toThrow("compression 0400");
    await expect(read({ ...repository, passphrase: "another" }, plain)).rejects.toThrow("passphrase");
    await expect(read(repository, "0".repeat(64))).rejects.toBeInstanceOf(NotUnderstood);
    await expect(read(repository, "ab".repeat(32))).rejects.toThrow("does not know the object");
    const held = make("keyfile-blake2");
    held.run("create", "::one", tree);
    await expect(read({ ...held, key: null }, idOf(held, "one"))).rejects.toThrow("key is not here");
  });

  it("are read after a deletion and a compaction moved their objects, and with files of many chunks", async () => {
    const repository = make("repokey-blake2");
    const many = join(folder, "many");
    mkdirSync(many, { recursive: true });
    // 64-byte chunks: a file lists some ten thousand, so one item fills several chunks of metadata.
    writeFileSync(
      join(many, "chunks"),
      Buffer.alloc(1_500_000).map((_, at) => (at * at) >> 7),
    );
    for (let n = 0; n < 3000; n++) writeFileSync(join(many, `file ${n}`), "");
    repository.run("create", "::odd", tree);
    repository.run("create", "--chunker-params=6,8,7,63", "::many", many);
    repository.run("delete", "::odd");
    repository.run("compact", "--threshold=0");
    expect(await read(repository, idOf(repository, "many"))).toEqual(listed(repository, "many"));
  });

  it("show no parts of files whose backup was saved in the middle, as borg shows none", async () => {
    const repository = make("none");
    const slow = "for n in 1 2 3; do head -c 3000000 /dev/urandom; sleep 1.2; done";
    const create = ["create", "--checkpoint-interval=1", "--content-from-command", "::slow", "--"];
    repository.run(...create, "sh", "-c", slow);
    expect(repository.run("list", "--consider-part-files", "::slow")).toContain("borg_part");
    const items = await read(repository, idOf(repository, "slow"));
    expect(items).toEqual(listed(repository, "slow"));
    expect(items.length).toBe(1);
  });
});

/** A change of some bytes: at a share of the length, so that it fits files of any length. */
const change = fc.record({
  at: fc.noBias(fc.nat(999_999)).map((n) => n / 1_000_000),
  drop: fc.nat(12),
  put: fc.uint8Array({ maxLength: 12 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** The lengths stay right, so that most of what comes of it is still items. */
const oneByte = change.map(({ at, put }): Change => ({ at, drop: 1, put: Uint8Array.of(put[0] ?? 0) }));

function changed(bytes: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((now, { at, drop, put }) => {
    const from = Math.floor(at * now.length);
    return Buffer.concat([now.subarray(0, from), put, now.subarray(from + drop)]);
  }, bytes);
}

describe("what a hostile client wrote", () => {
  it.each(["none", "authenticated-blake2"])(
    "reads as the archive that was meant, or not at all (%s)",
    async (encryption) => {
      const repository = makeForeign({ encryption, inside: folder, archives: [] });
      const few = join(folder, `few-${encryption}`);
      mkdirSync(few);
      for (let n = 0; n < 20; n++) writeFileSync(join(few, `file ${n}`), String(n));
      repository.run("create", "::few", few);
      const id = idOf(repository, "few");
      const whole = await read(repository, id);
      const copy = join(folder, `copy-${encryption}`);
      cpSync(repository.path, copy, { recursive: true });
      const files = execFileSync("find", [copy, "-type", "f", "-size", "+0"], { encoding: "utf8" })
        .trim()
        .split("\n")
        .filter((path) => /\/(?:data\/0\/\d+|index\.\d+|config)$/.test(path));
      expect(files.length).toBeGreaterThan(3);
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.array(change, { minLength: 1, maxLength: 3 }),
          async (which, changes) => {
            const file = files[which % files.length] ?? "";
            const bytes = readFileSync(file);
            chmodSync(file, 0o600);
            writeFileSync(file, changed(bytes, changes));
            try {
              expect(await read({ ...repository, path: copy }, id)).toEqual(whole);
            } catch (error) {
              if (!(error instanceof NotUnderstood)) throw error;
              refused++;
            } finally {
              writeFileSync(file, bytes);
            }
          },
        ),
        { numRuns: encryption === "none" ? 150 : 50 },
      );
      expect(refused).toBeGreaterThan(10);
    },
  );

  it("lists as borg does, or not at all, also when who holds the key made the items up", async () => {
    const repository = makeForeign({ encryption: "none", inside: folder, archives: [] });
    repository.run("create", "::odd", tree);
    const stream = await contentOf(repository.path, Buffer.from(idOf(repository, "odd"), "hex"));
    const made = fc
      .sample(
        fc.tuple(fc.noBias(fc.nat(stream.length)), fc.oneof(fc.tuple(change), fc.tuple(oneByte, oneByte))),
        800,
      )
      .map(([from, changes]) => changed(beginsWithItem(stream, from), changes));
    // Of the others borg would make objects of any size.
    const accepted = made.filter((bytes) => ownItems(bytes) !== null);
    const byBorg = borgLists(accepted);
    for (const [at, bytes] of accepted.entries()) {
      const lines = archiveItems();
      expect(ownItems(bytes)).toEqual(lines.push(Buffer.from(byBorg[at] ?? "borg fails")));
    }
    expect(accepted.length).toBeGreaterThan(100);
  });
});

/** The items of an archive without encryption, as they were packed. */
async function contentOf(path: string, id: Buffer): Promise<Buffer> {
  const objects = new StoredObjects(path);
  const open = await objectOpener(2, null);
  const chunks = readArchiveRecord(Buffer.from(open(id, objects.read(id))), null);
  const content = Buffer.concat(chunks.map((chunk) => Buffer.from(open(chunk, objects.read(chunk)))));
  objects.close();
  return content;
}

/** Some items from about there on. */
function beginsWithItem(stream: Buffer, from: number): Buffer {
  const starts = itemStarts(stream);
  const first = starts.findLastIndex((start) => start <= from);
  return stream.subarray(starts[Math.max(0, first)], starts[first + 3] ?? stream.length);
}

let starts: number[] | null = null;
function itemStarts(stream: Buffer): number[] {
  if (starts) return starts;
  const unpack = new Unpack(stream);
  starts = [];
  while (unpack.at < stream.length) {
    starts.push(unpack.at);
    unpack.value();
  }
  return starts;
}

function ownItems(bytes: Buffer): ArchiveItem[] | null {
  const fields = new ItemFields();
  const reader = new ItemReader(fields);
  try {
    reader.push(bytes);
    reader.end();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
  return itemsOfFields().push(fields.take());
}

function borgLists(streams: readonly Buffer[]): (string | null)[] {
  const input = streams.flatMap((stream) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(stream.length);
    return [length, stream];
  });
  const script = new URL("../support/borg-items.py", import.meta.url).pathname;
  const said = execFileSync("/usr/bin/python3", [script, LISTING_FORMAT], {
    ...{ input: Buffer.concat(input), encoding: "utf8", maxBuffer: 2 ** 28 },
    env: bareEnvironment({ TZ: "UTC" }),
  });
  return said
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
