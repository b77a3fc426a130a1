import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** Sessions through the real gate, and what becomes of them when something dies in the middle. */
describe("sessions", () => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;

  const sessions = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
  const lastSession = async () => (await sessions()).at(-1);
  const processes = (pattern: string) => {
    try {
      return execFileSync("pgrep", ["-u", client.user, "-f", pattern], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map(Number);
    } catch {
      return [];
    }
  };
  const gates = () => processes("gate.mjs");
  const serves = () => processes("serve --append-only");
  /** A backup without an end, which keeps sending. */
  const startSlowBackup = async (name: string): Promise<ChildProcess> => {
    const child = client.startBorg(repository, [
      "create",
      "--content-from-command",
      `::${name}`,
      "--",
      "sh",
      "-c",
      "while head -c 300000 /dev/urandom; do sleep 0.1; done",
    ]);
    await until(
      "the session is open",
      async () => serves().length === 1 && (await lastSession())?.endedAt === null,
    );
    await until("borg holds the lock", () => existsSync(join(repository.path, "lock.exclusive")));
    return child;
  };
  const backUp = async (name: string) => {
    const made = await client.borg(repository, [
      "create",
      "--lock-wait",
      "20",
      `::${name}`,
      "/usr/share/doc/adduser",
    ]);
    expect(made).toMatchObject({ code: 0 });
  };

  beforeAll(async () => {
    node = await startStorageNode();
    client = await node.addClient();
    repository = await client.addRepository();
  });
  afterAll(() => node.stop());
  afterEach(async () => {
    client.stop();
    await until("no process of the client is left", () => gates().length + serves().length === 0);
  });

  it("are written down with their bytes and exit code", async () => {
    await backUp("counted");
    await until("the session has its end", async () => (await lastSession())?.endedAt !== null);
    const session = await lastSession();
    expect(session).toMatchObject({
      clientId: client.id,
      peerAddress: "127.0.0.1",
      exitCode: 0,
      refused: null,
    });
    const stored = Number(
      execFileSync("du", ["-sb", join(repository.path, "data")], { encoding: "utf8" }).split("\t")[0],
    );
    expect(session?.bytesIn ?? 0).toBeGreaterThan(10_000);
    expect(session?.bytesIn ?? 0).toBeLessThan(stored + 1_000_000);
    expect(session?.bytesOut ?? 0).toBeGreaterThan(100);
  });

  it("are refused while the keeper is away, and when the client has no repository", async () => {
    const fresh = await node.addClient();
    expect((await fresh.ssh([], ["borg", "serve"])).err).toContain("this client has no repository yet");
    await node.endKeeper("SIGTERM");
    const away = await client.ssh([], ["borg", "serve"]);
    expect(away).toMatchObject({ code: 2, out: "", err: expect.stringContaining("does not answer") });
    await node.startKeeper();
    await backUp("after-away");
  });

  it("go on when the keeper is killed; it finds them again, keeps their lease and writes their end", async () => {
    const backup = await startSlowBackup("survivor");
    const before = await lastSession();
    await node.endKeeper("SIGKILL");
    expect(serves()).toHaveLength(1);
    await node.startKeeper();
    expect(serves()).toHaveLength(1);
    expect(await lastSession()).toMatchObject({ sequence: before?.sequence, endedAt: null });
    const compact = node.keeper("compact-repository", {
      ...{ clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase },
    });
    await expect(compact).rejects.toMatchObject({ code: "session-open" });
    backup.kill("SIGKILL");
    await until("the keeper writes the end", async () => (await lastSession())?.endedAt !== null);
    expect(await lastSession()).toMatchObject({ sequence: before?.sequence, bytesIn: null, exitCode: null });
    await backUp("after-keeper");
  });

  it("are closed as cut off when keeper and gate died together, and a torn line of the ledger is dropped", async () => {
    const backup = await startSlowBackup("lost");
    const before = await lastSession();
    await node.endKeeper("SIGKILL");
    backup.kill("SIGKILL");
    await until("the gate is gone", () => gates().length + serves().length === 0);
    appendFileSync(join(node.data, "keeper/sessions.ndjson"), '{"event":"begin","sequ');
    await node.startKeeper();
    expect(await lastSession()).toMatchObject({
      sequence: before?.sequence,
      endedAt: expect.any(String),
      exitCode: null,
    });
    await backUp("after-both");
    const sequences = (await sessions()).map((session) => session.sequence);
    expect(sequences).toEqual(sequences.map((_, at) => at + 1));
  });

  it("end when borg serve is killed: the client hears it, the lock is free for the next", async () => {
    const backup = await startSlowBackup("no-serve");
    const ended = once(backup, "exit");
    for (const pid of serves()) process.kill(pid, "SIGKILL");
    expect((await ended)[0]).not.toBe(0);
    await until("the end is written", async () => (await lastSession())?.endedAt !== null);
    expect(await lastSession()).toMatchObject({ exitCode: 128 });
    await backUp("after-serve");
  });

  it("end when the gate is killed: borg gets its end of file and drops the lock", async () => {
    const backup = await startSlowBackup("no-gate");
    const ended = once(backup, "exit");
    for (const pid of gates()) process.kill(pid, "SIGKILL");
    expect((await ended)[0]).not.toBe(0);
    await until("borg serve is gone", () => serves().length === 0);
    await until("the end is written", async () => (await lastSession())?.endedAt !== null);
    expect(await lastSession()).toMatchObject({ exitCode: null, bytesIn: null });
    expect(existsSync(join(repository.path, "lock.exclusive"))).toBe(false);
    await backUp("after-gate");
  });

  it("end when the client's machine vanishes, and its lock is free", async () => {
    const backup = await startSlowBackup("no-client");
    backup.kill("SIGKILL");
    await until("borg serve is gone", () => serves().length === 0);
    await until("the end is written", async () => (await lastSession())?.endedAt !== null);
    expect(existsSync(join(repository.path, "lock.exclusive"))).toBe(false);
    await backUp("after-client");
  });

  it("end on order, also one whose borg no longer listens", async () => {
    const backup = await startSlowBackup("hung");
    const ended = once(backup, "exit");
    for (const pid of serves()) process.kill(pid, "SIGSTOP");
    const order = node.keeper("end-sessions", { clientId: client.id });
    expect(await order).toEqual({ ended: 1 });
    expect((await ended)[0]).not.toBe(0);
    expect(serves()).toEqual([]);
    await backUp("after-order");
  });

  it("of eight visits at once are all there, in order, once", async () => {
    const from = ((await lastSession())?.sequence ?? 0) + 1;
    await Promise.all(Array.from({ length: 8 }, () => client.ssh([], ["id"])));
    const news = (await sessions()).filter((session) => session.sequence >= from);
    expect(news.map((session) => session.sequence)).toEqual(Array.from({ length: 8 }, (_, at) => from + at));
    expect(news.every((session) => session.refused !== null)).toBe(true);
    const lines = readFileSync(join(node.data, "keeper/sessions.ndjson"), "utf8").trim().split("\n");
    expect(() => lines.map((line) => JSON.parse(line))).not.toThrow();
  });
});
