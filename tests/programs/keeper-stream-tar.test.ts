import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TarMember, tarReader } from "~/borg/tar-reader";
import { KeeperError } from "~/keeper/client";
import { compareTrees } from "~tests/support/compare-trees";
import { buildOddTree } from "~tests/support/odd-tree";
import { sampledBorgs } from "~tests/support/sampled";
import type { TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

type Repository = Awaited<ReturnType<TestClient["addRepository"]>>;

describe.each(sampledBorgs("stream-tar"))("files of an archive as a tar, borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: Repository;
  let root: string;
  const ask = (
    archiveName: string,
    paths: readonly Buffer[],
    call: Parameters<StorageNode["keeper"]>[2] = {},
  ) =>
    node.keeper(
      "stream-tar",
      {
        ...{ clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase },
        ...{ archiveName, paths: paths.map((path) => path.toString("base64")) },
      },
      call,
    );
  const tarOf = async (paths: readonly Buffer[]) => {
    const pieces: Buffer[] = [];
    const end = await ask("odd", paths, { onPiece: async (piece) => void pieces.push(Buffer.from(piece)) });
    const tar = Buffer.concat(pieces);
    expect(end.tarBytes).toBe(tar.length);
    return { end, tar };
  };
  const membersOf = async (paths: readonly Buffer[]) => {
    const { end, tar } = await tarOf(paths);
    const members: (TarMember & { contents: Buffer })[] = [];
    let pieces: Buffer[] = [];
    const reader = tarReader({
      begin: (member) => {
        pieces = [];
        members.push({ ...member, contents: Buffer.alloc(0) });
      },
      data: (piece) => void pieces.push(Buffer.from(piece)),
      end: () => {
        const last = members.at(-1);
        if (last) last.contents = Buffer.concat(pieces);
      },
    });
    await reader.push(tar);
    expect(reader.ended()).toBe(true);
    return { end, members };
  };
  const below = (name: string | Buffer) =>
    Buffer.concat([Buffer.from(`${root.slice(1)}/`), Buffer.from(name)]);

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
    repository = await client.addRepository();
    root = join(client.folder, "odd");
    buildOddTree(root);
    mkdirSync(join(root, "more"));
    writeFileSync(join(root, "more/one"), "one file, three names\n");
    for (const name of ["two", "three"]) linkSync(join(root, "more/one"), join(root, "more", name));
    writeFileSync(join(root, "more/holes"), "begin");
    truncateSync(join(root, "more/holes"), 5_000_000);
    writeFileSync(join(root, "more/re:x"), "a name like a pattern\n");
    writeFileSync(join(root, "more/reX"), "another\n");
    expect(await client.borg(repository, ["create", "::odd", root])).toMatchObject({ code: 0 });
  });
  afterAll(() => node.stop());

  it("brings the odd tree, as tar itself unpacks it", async () => {
    const { end, tar } = await tarOf([]);
    expect(end).toMatchObject({ unmatched: 0, warnings: [] });
    const target = join(client.folder, "unpacked");
    mkdirSync(target);
    execFileSync("tar", ["-x", "-p", "-C", target], { input: tar, stdio: ["pipe", "ignore", "ignore"] });
    // What a tar of this kind does not hold: extended attributes, access lists, parts of seconds, holes.
    const { differences, files } = compareTrees(root, join(target, root));
    expect(files).toBeGreaterThan(30);
    expect(differences.filter(({ what }) => !/^(attributes|mtime|blocks) /.test(what))).toEqual([]);
  });

  it("brings one file of any name, byte for byte and with its size before", async () => {
    for (const name of [
      Buffer.from("invalid\xff\xfeutf8", "latin1"),
      Buffer.from("-rf"),
      Buffer.from("new\nline"),
    ]) {
      const { end, members } = await membersOf([below(name)]);
      expect(end.unmatched).toBe(0);
      expect(members.map(({ type, path }) => [type, path.toString("latin1")])).toEqual([
        ["file", below(name).toString("latin1")],
      ]);
      expect(members[0]?.contents).toEqual(readFileSync(Buffer.concat([Buffer.from("/"), below(name)])));
    }
    const { members } = await membersOf([below("more/re:x")]);
    expect(members.map(({ contents }) => contents.toString())).toEqual(["a name like a pattern\n"]);
  });

  it("brings any single name of a hard link as a whole file, and holes as zeros", async () => {
    for (const name of ["more/one", "more/two", "more/three"]) {
      const { members } = await membersOf([below(name)]);
      expect(members.map(({ type, contents }) => [type, contents.toString()])).toEqual([
        ["file", "one file, three names\n"],
      ]);
    }
    const { members } = await membersOf([below("more")]);
    expect(members.filter(({ type }) => type === "link")).toHaveLength(2);
    const holes = members.find(({ path }) => path.equals(below("more/holes")));
    expect(holes?.bytes).toBe(5_000_000);
    expect(holes?.contents.equals(readFileSync(join(root, "more/holes")))).toBe(true);
  });

  it("counts what the archive does not hold, and refuses an archive that is not there", async () => {
    const { end, members } = await membersOf([below("more/one"), below("not there")]);
    expect(end.unmatched).toBe(1);
    expect(members).toHaveLength(1);
    await expect(ask("nothing", [below("more")], { onPiece: async () => {} })).rejects.toMatchObject({
      code: "archive-missing",
    });
    await expect(ask("odd", [Buffer.from("a\0b")], { onPiece: async () => {} })).rejects.toMatchObject({
      code: "bad-request",
    });
  });

  it("leaves no process and no lock when the caller goes away in the middle", async () => {
    const left = new AbortController();
    const reading = ask("odd", [below("more")], {
      signal: left.signal,
      onPiece: async () => {
        left.abort();
        await new Promise<void>(() => {});
      },
    });
    await expect(reading).rejects.toBeInstanceOf(KeeperError);
    await until("nothing reads any more", async () => !exports(repository.path));
    expect(readdirSync(repository.path).filter((name) => name.startsWith("lock"))).toEqual([]);
    expect((await tarOf([below("more/one")])).end.unmatched).toBe(0);
  });
});

function exports(path: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      return words.includes("export-tar") && words.some((word) => word.startsWith(path));
    } catch {
      return false;
    }
  });
}
