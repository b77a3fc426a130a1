import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareTrees } from "~tests/support/compare-trees";
import { buildOddTree, SPARSE_BLOCKS } from "~tests/support/odd-tree";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { newTestId } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** What the machine that a restore goes to can do with the parcel it reads, and what the keeper leaves behind. */
let node: StorageNode;
let owner: TestClient;
let own: TestRepository;
let other: TestClient;
let source: string;
let borgId: string;

beforeAll(async () => {
  node = await startStorageNode();
  [owner, other] = [await node.addClient(), await node.addClient()];
  [own] = [await owner.addRepository(), await other.addRepository()];
  source = join(owner.folder, "odd");
  buildOddTree(source);
  writeFileSync(join(source, "never selected"), "nobody else's business");
  const made = await owner.borg(own, ["create", "--json", "::all", source]);
  borgId = JSON.parse(made.out).archive.id;
});
afterAll(() => node.stop());

const stored = (path: string) => Buffer.from(join(source, path).slice(1)).toString("base64");
const PASSPHRASE = "of the parcel";

async function makeParcel(paths: string[] = [], parcelId = newTestId()) {
  const { archives } = await node.keeper("make-parcel", {
    ...{ clientId: owner.id, repositoryId: own.id, passphrase: own.passphrase },
    ...{ parcelId, toClientId: other.id, parcelPassphrase: PASSPHRASE, bytes: null },
    parts: [{ borgId, archiveName: "all", paths }],
  });
  const path = join(node.data, "home", other.id, "repos", parcelId);
  const parcel: TestRepository = {
    ...{ id: parcelId, path, passphrase: PASSPHRASE, url: other.urlOf(`/~/repos/${parcelId}`) },
  };
  return { parcel, archives };
}

it("carries everything of an archive to the other machine: names, links, times, lists and all", async () => {
  const { parcel, archives } = await makeParcel();
  expect(archives).toMatchObject([{ name: "part-1" }]);
  const into = join(other.folder, "whole");
  mkdirSync(into);
  const script = `cd '${into}' && exec '${node.borg}' extract --sparse --bypass-lock ::part-1`;
  const ended = await other.borg(parcel, ["-c", script], {}, "/bin/sh");
  expect(ended).toMatchObject({ code: 0 });
  expect(compareTrees(source, join(into, source), { blocks: SPARSE_BLOCKS }).differences).toEqual([]);
  rmSync(into, { recursive: true });
  await node.keeper("remove-parcel", { parcelId: parcel.id });
});

it("holds what was selected and nothing else, and a hard link whose first name was not", async () => {
  const { parcel } = await makeParcel([stored("linked b"), stored("empty/deep")]);
  const listed = await other.borg(parcel, ["list", "--bypass-lock", "--short", "::part-1"]);
  const names = listed.out
    .trim()
    .split("\n")
    .map((path) => path.slice(source.length - 1));
  // The content stands with the first name, in `empty`, which was not selected.
  expect(names.sort()).toEqual(["/empty/deep", "/empty/deep/deeper", "/linked b"]);
  const text = await other.borg(parcel, [
    "extract",
    "--bypass-lock",
    "--stdout",
    "::part-1",
    `${source.slice(1)}/linked b`,
  ]);
  expect(text.out).toBe("one inode, three names\n");
  const secret = execFileSync("sh", ["-c", `grep -rc 'nobody else' '${parcel.path}' || true`]).toString();
  expect(secret).not.toMatch(/:[1-9]/);
  await node.keeper("remove-parcel", { parcelId: parcel.id });
});

it("can be read by the other machine and by no way written", async () => {
  const { parcel } = await makeParcel([stored("empty")]);
  const before = execFileSync("find", [parcel.path, "-printf", "%P %s %T@ %U %m\\n"]).toString();
  for (const args of [
    ["create", "::mine", "/etc/hostname"],
    ["delete", "::part-1"],
    ["prune", "--keep-last", "1"],
    ["compact"],
    ["key", "change-passphrase"],
    ["check", "--repair"],
    ["config", ":", "append_only", "1"],
  ]) {
    const ended = await other.borg(parcel, args, {
      BORG_NEW_PASSPHRASE: "x",
      BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "YES",
    });
    expect(ended.code, args.join(" ")).toBeGreaterThan(1);
  }
  // The account itself, past the gate.
  const asOther = {
    uid: Number(execFileSync("id", ["-u", other.user])),
    gid: Number(execFileSync("id", ["-g", other.user])),
  };
  const script = `cd '${parcel.path}'; echo x > new; echo x >> config; rm -rf data; chmod -R u+w .; ln -s /etc data/0/x; mv config config2`;
  if (process.getuid?.() === 0)
    execFileSync("sh", ["-c", `${script}; true`], { ...asOther, stdio: "ignore" });
  expect(execFileSync("find", [parcel.path, "-printf", "%P %s %T@ %U %m\\n"]).toString()).toBe(before);
  await node.keeper("remove-parcel", { parcelId: parcel.id });
});

it("opens nothing of the first machine with the parcel's key, and no path leads there", async () => {
  const { parcel } = await makeParcel([stored("empty")]);
  for (const path of [
    own.path,
    `/~/../${owner.id}/repos/${own.id}`,
    `/~/repos/${parcel.id}/../../../${owner.id}/repos/${own.id}`,
  ]) {
    for (const passphrase of [PASSPHRASE, own.passphrase]) {
      const ended = await other.borg({ ...parcel, passphrase, url: other.urlOf(path) }, [
        "list",
        "--bypass-lock",
      ]);
      expect(ended).toMatchObject({
        out: "",
        err: expect.stringContaining("bbs-gate: this client has no such repository"),
      });
    }
  }
  const wrong = await other.borg({ ...parcel, passphrase: own.passphrase }, ["list", "--bypass-lock"]);
  expect(wrong.code).toBeGreaterThan(1);
  // The machine that it was made from has no business with it either.
  const back = await owner.borg({ ...parcel, url: owner.urlOf(`/~/repos/${parcel.id}`) }, [
    "list",
    "--bypass-lock",
  ]);
  expect(back.err).toContain("bbs-gate: this client has no such repository");
  await node.keeper("remove-parcel", { parcelId: parcel.id });
});

it("ends whoever still reads it when it is removed, and leaves nothing", async () => {
  const { parcel } = await makeParcel();
  const reading = other.startBorg(parcel, ["extract", "--bypass-lock", "--stdout", "::part-1"]);
  expect(await node.keeper("remove-parcel", { parcelId: parcel.id })).toEqual({ wasThere: true });
  expect(existsSync(parcel.path)).toBe(false);
  expect(readdirSync(join(node.data, "keeper/parcels"))).toEqual([]);
  const late = await other.borg(parcel, ["list", "--bypass-lock"]);
  expect(late.code).toBeGreaterThan(1);
  expect(await node.keeper("remove-parcel", { parcelId: parcel.id })).toEqual({ wasThere: false });
  reading.kill();
});

it("refuses an archive of another id, a wrong key, an unknown client and what would not fit, and leaves nothing of it", async () => {
  const asked = {
    ...{ clientId: owner.id, repositoryId: own.id, passphrase: own.passphrase },
    ...{ toClientId: other.id, parcelPassphrase: PASSPHRASE, bytes: null, parcelId: newTestId() },
    parts: [{ borgId, archiveName: "all", paths: [] }],
  };
  const forged = { ...asked, parts: [{ borgId: "0".repeat(64), archiveName: "all", paths: [] }] };
  await expect(node.keeper("make-parcel", forged)).rejects.toMatchObject({ code: "archive-missing" });
  await expect(node.keeper("make-parcel", { ...asked, passphrase: "wrong" })).rejects.toMatchObject({
    code: "passphrase-wrong",
  });
  await expect(node.keeper("make-parcel", { ...asked, bytes: 1e15 })).rejects.toMatchObject({
    code: "disk-full",
  });
  await expect(node.keeper("make-parcel", { ...asked, toClientId: newTestId() })).rejects.toMatchObject({
    code: "client-missing",
  });
  expect(readdirSync(join(node.data, "keeper/parcels"))).toEqual([]);
  expect(existsSync(join(node.data, "home", other.id, "repos", asked.parcelId))).toBe(false);
});

it("leaves nothing of a parcel in the making when the keeper is killed, and keeps a finished one", async () => {
  const { parcel } = await makeParcel([stored("empty")]);
  const torn = newTestId();
  const records = join(node.data, "keeper/parcels");
  const making = makeParcel([], torn).catch(() => "cut off");
  await until("the second one is begun", () => existsSync(join(records, `${torn}.json`)));
  await node.endKeeper("SIGKILL");
  expect(await making).toBe("cut off");
  await node.startKeeper();
  expect(readdirSync(records)).toEqual([`${parcel.id}.json`]);
  expect(readdirSync(join(node.data, "home", other.id, "repos"))).not.toContain(torn);
  expect(await other.borg(parcel, ["list", "--bypass-lock", "--short"])).toMatchObject({
    code: 0,
    out: "part-1\n",
  });
  await node.keeper("remove-parcel", { parcelId: parcel.id });
});
