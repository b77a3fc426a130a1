import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBorgs } from "~tests/support/borg-versions";
import { runProgram } from "~tests/support/run-program";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/** What borg's own protocol lets a client with a stolen key try: other repositories, new ones, and the end of its own. */
describe.each(findBorgs())("through borg serve, borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let own: TestRepository;
  let neighbour: TestClient;
  let theirs: TestRepository;

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    [client, neighbour] = [await node.addClient(), await node.addClient()];
    [own, theirs] = [await client.addRepository(), await neighbour.addRepository()];
    for (const [who, what] of [
      [client, own],
      [neighbour, theirs],
    ] as const)
      expect(await who.borg(what, ["create", "::kept", "/usr/share/doc/adduser"])).toMatchObject({ code: 0 });
  });
  afterAll(() => node.stop());

  const refused = /bbs-gate: (?:this client has no such repository|a client cannot make a repository here)/;

  it("opens no other client's repository, even with its passphrase, by no spelling of its path", async () => {
    expect(await neighbour.borg(theirs, ["list", "--short"])).toMatchObject({ code: 0, out: "kept\n" });
    const link = join(client.folder, "link");
    symlinkSync(theirs.path, link);
    const inside = `/~/repos/${own.id}`;
    for (const path of [
      theirs.path,
      `/./${theirs.path}`,
      `${inside}/../../../${neighbour.id}/repos/${theirs.id}`,
      `/~/../${neighbour.id}/repos/${theirs.id}`,
      `/~bbs-${neighbour.id}/repos/${theirs.id}`,
      `/proc/self/cwd${theirs.path}`,
      `/proc/self/root${theirs.path}`,
      link,
      `${own.path}x`,
      `${own.path}/data`,
      "/.",
      "/~",
    ]) {
      const ended = await client.borg({ ...theirs, url: client.urlOf(path) }, ["list", "--short"]);
      expect({ path, ...ended }).toMatchObject({ out: "", err: expect.stringMatching(refused) });
      expect(ended.code).toBeGreaterThan(1);
    }
  });

  it("makes no repository, neither beside its own nor inside it nor elsewhere", async () => {
    const before = readdirSync(join(node.data, "home", client.id, "repos"));
    const folder = join(client.folder, "made-here");
    mkdirSync(folder);
    expect(
      await runProgram(node.borg, ["init", "-e", "none", folder], { env: { BORG_BASE_DIR: folder } }),
    ).toBeDefined();
    for (const path of [
      `${own.path}-new`,
      `${own.path}/nested`,
      `/~/repos/${own.id}x`,
      "/~/another",
      "/tmp/bbs-attack-repository",
    ]) {
      const ended = await client.borg({ ...own, url: client.urlOf(path) }, ["init", "-e", "none"]);
      expect({ path, ...ended }).toMatchObject({ err: expect.stringMatching(refused) });
      expect(ended.code).toBeGreaterThan(1);
    }
    expect(readdirSync(join(node.data, "home", client.id, "repos"))).toEqual(before);
    expect(existsSync("/tmp/bbs-attack-repository")).toBe(false);
    expect(existsSync(join(own.path, "nested"))).toBe(false);
  });

  it("cannot delete its repository, put another key into it, or switch append-only off", async () => {
    const keyOf = () => execFileSync("sha256sum", [join(own.path, "config")], { encoding: "utf8" });
    const before = keyOf();
    const force = {
      BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "YES",
      BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "YES",
      BORG_NEW_PASSPHRASE: "mine now",
    };
    for (const attempt of [
      ["delete", "--force", own.url],
      ["key", "change-passphrase", own.url],
      ["config", own.url, "append_only", "0"],
      ["config", own.url, "storage_quota", "0"],
      ["check", "--repair", own.url],
    ]) {
      const ended = await client.borg(own, attempt, force);
      expect({ attempt, ...ended }).toMatchObject({ attempt });
      expect(ended.code).toBeGreaterThan(1);
    }
    expect(keyOf()).toBe(before);
    expect(await client.borg(own, ["list", "--short"])).toMatchObject({ code: 0, out: "kept\n" });
    const read = { clientId: client.id, repositoryId: own.id, passphrase: own.passphrase };
    expect((await node.keeper("list-archives", read)).archives).toHaveLength(1);
  });

  it("frees nothing that is stored: after deleting and compacting as the client the segments are all there", async () => {
    const segments = () =>
      execFileSync("find", [join(own.path, "data"), "-type", "f", "-size", "+1k", "-printf", "%f %s\n"], {
        encoding: "utf8",
      })
        .trim()
        .split("\n");
    const before = segments();
    expect(before.length).toBeGreaterThan(0);
    for (const words of [["delete", "::kept"], ["compact"]]) {
      const ended = await client.borg(own, words);
      expect(ended).toMatchObject({ err: expect.stringContaining("bbs-gate: ") });
      expect(ended.code).toBeGreaterThan(1);
    }
    expect(await client.borg(own, ["list", "--short"])).toMatchObject({ out: "kept\n" });
    expect(segments()).toEqual(expect.arrayContaining(before));
  });
});
