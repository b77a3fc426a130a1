import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reviewTransactions } from "~/keeper/vault/review-transactions";
import { lastCommit } from "~/keeper/vault/segment-files";
import { sampledBorgs } from "~tests/support/sampled";
import { ScannedRepository } from "~tests/support/scanned-repository";
import { writeSegment } from "~tests/support/write-segment";

/** Over the time between two checkpoints, which borg asks for in whole seconds. */
const PIECES = 12;
const PIECE_MS = 350;

describe.each(sampledBorgs("segment-scan"))("a scan of what borg $version wrote", ({ borg }) => {
  let repository: ScannedRepository;

  beforeEach(async () => {
    repository = new ScannedRepository(borg);
    writeFileSync(join(repository.folder, "source", "one"), randomBytes(3_000_000));
    await repository.seal();
  });
  afterEach(() => repository.remove());

  const create = (name: string) => repository.borg(["create", `${repository.path}::${name}`, "source"]);
  const change = (bytes: number) =>
    writeFileSync(join(repository.folder, "source", `more-${bytes}`), randomBytes(bytes));

  async function twoSealedArchives() {
    await repository.session(() => void create("first"));
    change(2_000_000);
    await repository.session(() => void create("second"));
    const scan = await repository.scan();
    expect(scan.evidence).toEqual([]);
    await repository.sealScanned(scan);
  }

  /** A backup of slow standard input with a checkpoint every second; `end` may stop it. */
  async function slowly(name: string, end: (borg: ChildProcess) => Promise<void>) {
    const running = repository.start([
      "create",
      "--checkpoint-interval",
      "1",
      `${repository.path}::${name}`,
      "-",
    ]);
    const exited = once(running, "exit");
    running.stdin?.on("error", () => undefined);
    await end(running);
    running.stdin?.end();
    await exited;
  }

  const feed = async (running: ChildProcess, pieces: number) => {
    for (let i = 0; i < pieces; i++) {
      running.stdin?.write(randomBytes(6_000_000));
      await wait(PIECE_MS);
    }
  };

  it("finds nothing in honest backups, whose ids become the known objects", async () => {
    await twoSealedArchives();
    await repository.session(() => void create("third"));
    const { evidence, newIds, entries } = await repository.scan();
    expect(evidence).toEqual([]);
    expect(entries).toBeGreaterThan(2);
    expect(newIds.length % 32).toBe(0);
    expect(await repository.compare()).toEqual([]);
  });

  it("finds nothing in a backup that drops its own checkpoints", async () => {
    await twoSealedArchives();
    await repository.session(() => slowly("checkpoints", (running) => feed(running, PIECES)));
    const scan = await repository.scan();
    expect(scan.evidence).toEqual([]);
    // Else no checkpoint was made, and this would show nothing.
    expect(scan.segments.length).toBeGreaterThan(6);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "finds nothing when %s ends a backup and it is tried again",
    async (signal) => {
      await twoSealedArchives();
      await repository.session(() =>
        slowly("tried", async (running) => {
          await feed(running, PIECES / 2);
          running.kill(signal);
        }),
      );
      const killed = await repository.scan();
      expect(killed.evidence).toEqual([]);
      await repository.sealScanned(killed);
      await repository.session(() => void create("tried"));
      expect((await repository.scan()).evidence).toEqual([]);
    },
  );

  it("finds nothing when the client has lost its cache", async () => {
    await twoSealedArchives();
    repository.borg(["delete", "--cache-only", repository.path]);
    await repository.session(() => void create("third"));
    expect((await repository.scan()).evidence).toEqual([]);
  });

  it("finds nothing in check, in a held lock and in a compaction that may free nothing", async () => {
    repository.borg(["config", repository.path, "append_only", "1"]);
    await repository.seal();
    await twoSealedArchives();
    await repository.session(() => void repository.borg(["check", repository.path]));
    await repository.session(() => void repository.borg(["with-lock", repository.path, "true"]));
    await repository.session(() => void repository.borg(["compact", repository.path]));
    expect((await repository.scan()).evidence).toEqual([]);
    expect(await repository.compare()).toEqual([]);
  });

  it.each([
    ["delete", (path: string) => ["delete", `${path}::first`]],
    ["delete of all", (path: string) => ["delete", "-a", "*", path]],
    ["prune", (path: string) => ["prune", "--keep-last", "1", path]],
    ["rename", (path: string) => ["rename", `${path}::first`, "other"]],
    ["recreate", (path: string) => ["recreate", "-e", "*/one", `${path}::first`]],
  ])("finds the sealed objects that a %s takes away", async (_name, args) => {
    await twoSealedArchives();
    const session = await repository.session(() => void repository.borg(args(repository.path)));
    const { evidence } = await repository.scan();
    expect(evidence).toEqual([
      { kind: "objects-deleted", count: expect.any(Number), segment: expect.any(Number), session },
    ]);
  });

  it("finds the sealed objects that a recompression writes anew", async () => {
    writeFileSync(join(repository.folder, "source", "text"), "the same line\n".repeat(300_000));
    await twoSealedArchives();
    const session = await repository.session(
      () =>
        void repository.borg([
          "recreate",
          "--recompress=always",
          "-C",
          "zlib,9",
          `${repository.path}::first`,
        ]),
    );
    const { evidence } = await repository.scan();
    expect(evidence).toContainEqual(expect.objectContaining({ kind: "objects-replaced", session }));
    expect(evidence).toContainEqual(expect.objectContaining({ kind: "objects-deleted", session }));
  });

  it("counts a raw delete, and a transaction that no session made", async () => {
    await twoSealedArchives();
    const [id = ""] = repository.borg(["list", "--format", "{id}{NL}", repository.path]).split("\n");
    repository.borg(["debug", "delete-obj", repository.path, id]);
    const { evidence, transaction } = await repository.scan();
    expect(evidence).toEqual([
      { kind: "commit-unledgered", count: 1, first: transaction },
      { kind: "objects-deleted", count: 1, segment: expect.any(Number), session: null },
    ]);
  });

  it("finds what an attacker with the key changes in the configuration", async () => {
    await twoSealedArchives();
    repository.borg(["config", repository.path, "additional_free_space", "1M"]);
    expect(await repository.compare()).toEqual([{ kind: "config-changed", key: false }]);
  });

  it("finds sealed segments that a compaction of the client freed", async () => {
    await twoSealedArchives();
    await repository.session(() => void repository.borg(["delete", "-a", "*", repository.path]));
    await repository.session(() => void repository.borg(["compact", "--threshold", "0", repository.path]));
    expect(await repository.compare()).toContainEqual(expect.objectContaining({ kind: "segments-missing" }));
  });

  it("knows after maintenance just what is left", async () => {
    await twoSealedArchives();
    const ids = repository.borg(["list", "--format", "{id}{NL}", repository.path]).trim().split("\n");
    repository.borg(["delete", `${repository.path}::first`]);
    repository.borg(["compact", "--threshold", "0", repository.path]);
    await repository.seal();
    const known = await Promise.all(ids.map((id) => repository.known.has(Buffer.from(id, "hex"))));
    expect(known).toEqual([false, true]);
    await repository.session(() => void create("third"));
    expect((await repository.scan()).evidence).toEqual([]);
  });

  it("finds what code with the rights of the client's account writes past borg", async () => {
    await twoSealedArchives();
    const [id = ""] = repository.borg(["list", "--format", "{id}{NL}", repository.path]).split("\n");
    const session = await repository.session(async () => {
      const n = await lastCommit(repository.path);
      const put = { tag: "put" as const, id: Buffer.from(id, "hex"), data: randomBytes(50) };
      writeSegment(repository.path, n + 1, [put]);
      writeSegment(repository.path, n + 2, [{ tag: "commit" }]);
    });
    const { evidence, transaction } = await repository.scan();
    expect(evidence).toEqual([{ kind: "objects-replaced", count: 1, segment: transaction - 1, session }]);
    // borg believes it: the archive cannot be read any more.
    expect(() => repository.borg(["list", `${repository.path}::first`])).toThrow();
  });

  it("tells for a review what each transaction did", async () => {
    await twoSealedArchives();
    const after = await lastCommit(repository.path);
    const honest = await repository.session(() => void create("third"));
    const hostile = await repository.session(
      () => void repository.borg(["delete", `${repository.path}::first`]),
    );
    repository.borg(["rename", `${repository.path}::second`, "other"]);
    const { path, sessions, known } = repository;
    const reviewed = await reviewTransactions({ path, after, sessions, known });
    expect(reviewed.map(({ session }) => session)).toEqual([honest, hostile, null]);
    expect(reviewed.map(({ objectsRemoved }) => objectsRemoved > 0)).toEqual([false, true, true]);
    expect(reviewed[0]?.objectsAdded).toBeGreaterThan(0);
    expect(reviewed[0]?.bytesAdded).toBeGreaterThan(0);
    expect(Date.parse(reviewed[0]?.committedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });
});
