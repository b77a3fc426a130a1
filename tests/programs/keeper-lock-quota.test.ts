import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";
import { makeVaulted, randomFile } from "~tests/support/vaulted-repository";

const MB = 1024 * 1024;
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-lock"))("locks and quotas with borg $version", ({ borg }) => {
  let node: StorageNode;
  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true });
  });
  afterAll(() => node.stop());

  it("breaks a lock that a foreign borg left behind, and only while nobody is in", async () => {
    const own = await makeVaulted(node, await node.addClient());
    await own.backUp("one", randomFile(1000));
    const lock = join(own.repository.path, "lock.exclusive");
    const uid = Number(execFileSync("id", ["-u", own.client.user], { encoding: "utf8" }));
    const leaveLock = () => {
      mkdirSync(lock);
      writeFileSync(join(lock, "other-host@123456789.4242-0"), "");
      execFileSync("chown", ["-R", `${uid}:${statSync(own.repository.path).gid}`, lock]);
    };
    leaveLock();
    expect((await own.client.borg(own.repository, ["list"])).err).toMatch(/lock/i);
    const isIn = async () => {
      const { sessions } = await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 });
      return sessions.some((one) => one.clientId === own.client.id && one.endedAt === null);
    };
    /** When the session before it has ended, and the audit after that. */
    const breakLock = async () => {
      for (const until = Date.now() + 30_000; ; await wait(200)) {
        try {
          return await node.keeper("break-lock", own.ids);
        } catch (error) {
          const passes = error instanceof KeeperError && /working|checking|is connected/.test(error.message);
          if (!passes || Date.now() > until) throw error;
        }
      }
    };

    const process = spawn("/bin/sleep", ["60"], { uid, stdio: "ignore" });
    expect(await refused(breakLock())).toMatch(
      new RegExp(`session-open: The lock stays: ${own.client.user} has living processes .*${process.pid}`),
    );
    expect(existsSync(lock)).toBe(true);
    process.kill("SIGKILL");
    await until("it is gone", async () => process.signalCode !== null);
    const done = await breakLock();
    expect(done).toMatchObject({ openSessions: 0, livingProcesses: 0 });
    expect(done.removed.map(({ name }) => name)).toContain("lock.exclusive");
    expect(existsSync(lock)).toBe(false);
    expect(await own.listed()).toEqual(["one"]);

    await until("the session before is out", async () => !(await isIn()));
    const reading = own.client.startBorg(own.repository, ["with-lock", "::", "sleep", "60"]);
    await until("it is in", isIn);
    expect(await refused(node.keeper("break-lock", own.ids))).toMatch(/^session-open/);
    reading.kill("SIGKILL");
    await node.keeper("end-sessions", { clientId: own.client.id });
  });

  it("drops the lock of a borg that was killed in its session, and no other", async () => {
    const own = await makeVaulted(node, await node.addClient());
    await own.backUp("one", randomFile(1000));
    const lock = join(own.repository.path, "lock.exclusive");
    const serve = () =>
      execFileSync("sh", ["-c", `pgrep -u ${own.client.user} -f 'borg serve' || true`], { encoding: "utf8" });
    const writing = own.client.startBorg(own.repository, ["with-lock", "::", "sleep", "60"]);
    await until("it has the lock", () => existsSync(lock));
    for (const pid of serve().trim().split("\n")) process.kill(Number(pid), "SIGKILL");
    await until("the lock is gone", () => !existsSync(lock), { seconds: 30 });
    writing.kill("SIGKILL");
    expect(await own.client.borg(own.repository, ["create", "::two", "/usr/share/doc/apt"])).toMatchObject({
      code: 0,
    });
  });

  it("changes the quota of a repository that is there, for borg and gate alike, and audits stay clean", async () => {
    const own = await makeVaulted(node, await node.addClient(), 12 * MB);
    await own.backUp("one", randomFile(8 * MB));
    await expect(own.backUp("two", randomFile(8 * MB))).rejects.toThrow(/quota/i);
    await own.audit();
    await node.keeper("set-quota", { ...own.ids, quotaBytes: 40 * MB });
    expect((await own.backUp("two", randomFile(8 * MB))).clean).toBe(true);
    await node.keeper("set-quota", { ...own.ids, quotaBytes: 11 * MB });
    await expect(own.backUp("three", randomFile(MB))).rejects.toThrow(/quota/i);
    await own.audit();
    await node.keeper("set-quota", { ...own.ids, quotaBytes: null });
    expect((await own.backUp("three", randomFile(8 * MB))).clean).toBe(true);
    expect(await refused(node.keeper("set-quota", { ...own.ids, quotaBytes: 1000 }))).toContain(
      "bad-request",
    );
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it.each(sampled(["config:intended", "config:written", "config:sealed"], 1))(
    "does not take its own change for an attack after a crash at %s",
    async (step) => {
      const own = await makeVaulted(node, await node.addClient(), 20 * MB);
      await own.backUp("one", randomFile(1000));
      const crashAt = join(dirname(node.data), "crash-at");
      writeFileSync(crashAt, step);
      await node.keeper("set-quota", { ...own.ids, quotaBytes: 50 * MB }).catch(() => undefined);
      expect(existsSync(crashAt)).toBe(false);
      await node.keeperIsGone();
      await node.startKeeper();
      expect((await own.audit()).clean).toBe(true);
      await node.keeper("set-quota", { ...own.ids, quotaBytes: 60 * MB });
      expect((await own.backUp("two", randomFile(25 * MB))).clean).toBe(true);
      expect(existsSync(join(node.data, "vault", own.repository.id, "config.next"))).toBe(false);
    },
  );
});
