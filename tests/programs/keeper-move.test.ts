import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { type KeeperCall, KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const MB = 1024 * 1024;
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

/** Where the keeper dies in a move, and which place is the true one when it is back. */
const STEPS = [
  ["move:begun", "main"],
  ["move:copied", "main"],
  ["move:sealed", "main"],
  ["move:proved", "main"],
  ["move:switched", "disk-b"],
  ["move:set-aside", "disk-b"],
  ["move:in-place", "disk-b"],
] as const;

describe.each(sampledBorgs("keeper-move"))("a move with borg $version", ({ borg }) => {
  let node: StorageNode;
  const outer = () => dirname(node.data);
  const rootOf = (location: string) => (location === "main" ? node.data : join(outer(), location));
  const move = (own: VaultedRepository, location: string, call: KeeperCall = {}) =>
    node.keeper("move-repository", { ...own.named, location }, call);
  const placeOf = (own: VaultedRepository, location: string) =>
    location === "main"
      ? own.repository.path
      : join(rootOf(location), "repos", own.client.id, own.repository.id);
  const vaultOf = (own: VaultedRepository, location: string) =>
    join(rootOf(location), "vault", own.repository.id);
  const locationOf = async (own: VaultedRepository) => (await node.keeper("vault-state", own.ids)).location;
  const segments = (path: string) => {
    const all = readdirSync(join(path, "data", "0")).map(Number);
    return Object.fromEntries(all.map((n) => [n, readFileSync(segmentPath(path, n)).toString("base64")]));
  };
  /** Whatever a move leaves at a location beside the true place. */
  const leftovers = (own: VaultedRepository, location: string) => {
    const names = [dirname(placeOf(own, location)), dirname(vaultOf(own, location))].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder) : [],
    );
    return names.filter((name) => name.startsWith(`${own.repository.id}.`));
  };
  const backedUp = async (...names: string[]) => {
    const own = await makeVaulted(node, await node.addClient());
    await own.emptyTrashAtOnce();
    for (const name of names) await own.backUp(name, randomFile(MB));
    return own;
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true, audits: false });
    for (const name of ["disk-b", "small"]) mkdirSync(join(outer(), name), { mode: 0o711 });
    // Other file systems, without a hard link between them.
    for (const [name, size] of [
      ["disk-b", "2g"],
      ["small", "300m"],
    ])
      execFileSync("mount", [
        "-t",
        "tmpfs",
        "-o",
        `size=${size},mode=711`,
        "tmpfs",
        join(outer(), String(name)),
      ]);
    writeFileSync(
      join(node.data, "locations.json"),
      JSON.stringify({ "disk-b": join(outer(), "disk-b"), small: join(outer(), "small") }),
      { mode: 0o600 },
    );
    await node.endKeeper("SIGTERM");
    await node.startKeeper();
  });
  afterAll(async () => {
    await node.endKeeper("SIGTERM").catch(() => undefined);
    for (const name of ["disk-b", "small"]) execFileSync("umount", ["-l", join(outer(), name)]);
    await node.stop();
  });

  it("moves there and back, with old seals and trash, and the client's own address goes on working", async () => {
    const own = await backedUp("one", "two", "three");
    await node.keeper("trash-archives", { ...own.ids, borgIds: [await own.idOf("one")] });
    await node.keeper("compact-repository", own.named);
    await node.keeper("trash-archives", { ...own.ids, borgIds: [await own.idOf("two")] });
    const before = segments(own.repository.path);
    const [config, ledger] = [readFileSync(join(own.repository.path, "config"), "utf8"), await own.ledger()];

    const done = await move(own, "disk-b");
    expect(done).toMatchObject({ location: "disk-b", from: "main" });
    const path = placeOf(own, "disk-b");
    expect(segments(path)).toEqual(before);
    expect(readFileSync(join(path, "config"), "utf8")).toBe(config);
    expect(lstatSync(own.repository.path).isSymbolicLink()).toBe(true);
    expect(await own.ledger()).toEqual(ledger);
    // Sealed there: segments are ours, of two names, and the client's account cannot change them.
    const [n = ""] = Object.keys(before);
    const sealed = statSync(segmentPath(path, Number(n)));
    expect([sealed.nlink, sealed.mode & 0o777]).toEqual([2, 0o440]);
    expect(sealed.uid).toBe(statSync(path).uid);
    expect(sealed.uid).not.toBe(statSync(join(path, "nonce")).uid);
    expect((await node.keeper("vault-state", own.ids)).seals).toHaveLength(2);
    // The old place is out of everybody's way, whole.
    const kept = readdirSync(join(node.data, "kept")).find((name) => name.startsWith(own.repository.id));
    expect(segments(join(node.data, "kept", kept ?? "", "repository"))).toEqual(before);
    expect(existsSync(vaultOf(own, "main"))).toBe(false);
    expect(await own.audit()).toMatchObject({ clean: true, sealed: true });
    const quick = { ...own.named, kind: "quick" as const, budgetSeconds: 60, everyDays: 30 };
    // What was read back counts as read.
    const checked = await node.keeper("check-repository", quick);
    expect(checked).toMatchObject({ ok: true, bytesRead: 0 });
    expect(checked.coveredBytes).toBe(checked.totalBytes);

    expect((await own.backUp("four")).clean).toBe(true);
    expect(await own.listed()).toEqual(["two", "three", "four"]);
    // The seal of before the compaction went along whole: a hostile delete is rolled back there.
    await own.asAccount(["delete", "::three"]);
    expect((await own.audit()).clean).toBe(false);
    expect(await refused(move(own, "main"))).toContain("repository-held");
    await node.keeper("roll-back", { ...own.named, transaction: null });
    expect(await move(own, "main")).toMatchObject({ location: "main", from: "disk-b" });
    expect(await move(own, "main")).toMatchObject({ location: "main", from: null });
    expect(lstatSync(own.repository.path).isDirectory()).toBe(true);
    expect((await own.backUp("five")).clean).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
    expect(leftovers(own, "main")).toEqual([]);
    expect(leftovers(own, "disk-b")).toEqual([]);
  });

  it("refuses what it cannot finish, keeps clients out in words meanwhile, and cancelled leaves nothing", async () => {
    const own = await backedUp("one");
    expect(await refused(move(own, "disk-c"))).toContain("bad-request");
    expect(await refused(move(own, "small"))).toMatch(/disk-full: .* are kept for compaction/);
    expect(await node.keeper("work-progress", own.ids)).toEqual({ progress: null });

    await own.backUp("two", randomFile(60 * MB));
    const stopped = new AbortController();
    const cut = refused(move(own, "disk-b", { signal: stopped.signal }));
    await until(
      "it copies",
      async () => (await node.keeper("work-progress", own.ids)).progress?.phase === "copying",
      { everyMs: 10 },
    );
    const visitor = own.client.borg(own.repository, ["list", "--lock-wait=1", "--short"]);
    const check = { ...own.named, kind: "quick" as const, budgetSeconds: 60, everyDays: 30 };
    expect(await refused(node.keeper("check-repository", check))).toContain("being moved or repaired");
    stopped.abort();
    expect(await cut).toContain("cancelled");
    // Whoever waited at the gate is let in when it is over.
    expect((await visitor).out).toBe("one\ntwo\n");
    await until("it is over", async () => (await own.audit().catch(() => null)) !== null);
    expect(await locationOf(own)).toBe("main");
    expect(leftovers(own, "disk-b")).toEqual([]);
    expect(existsSync(vaultOf(own, "disk-b"))).toBe(false);
    expect(existsSync(join(node.data, "keeper", "moves", `${own.repository.id}.json`))).toBe(false);
  });

  it("does not move what a disk has damaged", async () => {
    const own = await backedUp("one");
    const [largest] = Object.entries(segments(own.repository.path)).sort(
      ([, a], [, b]) => b.length - a.length,
    );
    const n = Number(largest?.[0]);
    flipAsADisk(segmentPath(own.repository.path, n));
    expect(await refused(move(own, "disk-b"))).toMatch(/not-allowed: .*damaged.* stays where it is/);
    expect(await locationOf(own)).toBe("main");
    expect(leftovers(own, "disk-b")).toEqual([]);
  });

  it.each(sampled(STEPS, 2))("killed at %s has one true place, %s, and nothing else", async (step, place) => {
    const own = await backedUp("one");
    const before = segments(own.repository.path);
    writeFileSync(join(outer(), "crash-at"), step);
    expect(await refused(move(own, "disk-b"))).toContain("fault");
    await node.keeperIsGone();
    await node.startKeeper();
    expect(await locationOf(own)).toBe(place);
    const other = place === "main" ? "disk-b" : "main";
    expect(segments(placeOf(own, place))).toEqual(before);
    expect(existsSync(vaultOf(own, other))).toBe(false);
    expect([...leftovers(own, "main"), ...leftovers(own, "disk-b")]).toEqual([]);
    expect(await own.audit()).toMatchObject({ clean: true, sealed: true });
    expect(await own.listed()).toEqual(["one"]);
    // The job that lost its answer asks again.
    expect(await move(own, "disk-b")).toMatchObject({ from: place === "main" ? "main" : null });
    expect((await own.backUp("two")).clean).toBe(true);
  });
});

/** Size and time stay what they were, to the nanosecond. */
function flipAsADisk(path: string) {
  execFileSync("/bin/sh", [
    "-c",
    'touch -r "$1" "$1.ref" && printf "\\377" | dd of="$1" bs=1 seek=60 conv=notrunc status=none && touch -r "$1.ref" "$1" && rm "$1.ref"',
    "sh",
    path,
  ]);
}
