import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareEnvironment } from "~tests/support/run-program";
import { sampledBorgs } from "~tests/support/sampled";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** What a person may type against the server's policy, and the words that must stand in the one sentence they get. */
const REFUSED: [string, string[], string][] = [
  ["delete an archive", ["delete", "::kept"], "delete archives in the console"],
  ["delete all archives", ["delete", "-a", "*"], "delete archives in the console"],
  ["prune", ["prune", "--keep-last", "1"], "delete archives in the console"],
  ["rename", ["rename", "::kept", "other"], "delete archives in the console"],
  ["compact", ["compact"], "the server compacts"],
  ["recreate", ["recreate", "--exclude", "*copyright*", "::kept"], "delete archives in the console"],
  ["recompress", ["recreate", "--recompress", "always", "-C", "lzma", "::second"], "cannot replace it"],
  ["change the passphrase", ["key", "change-passphrase"], "cannot change the key or the passphrase"],
  ["check", ["check"], "the server audits it itself"],
  ["repair", ["check", "--repair"], "the server audits it itself"],
  ["break the lock", ["break-lock"], "cannot break a lock"],
  ["delete the repository", ["delete"], "cannot delete a repository"],
  ["make a repository", ["init", "-e", "none", "NEW"], "make it in the console"],
  ["open a foreign repository", ["list", "NEW"], "no such repository"],
];

describe.each(sampledBorgs("gate-filter"))("borg $version through the gate", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;
  let source: string;

  const run = (args: string[], env: Record<string, string> = {}) => client.borg(repository, args, env);
  const create = (name: string, ...options: string[]) =>
    run(["create", "--lock-wait", "60", ...options, `::${name}`, source]);
  const endless: ChildProcess[] = [];
  /** A backup that sends for ever and holds the lock. */
  const startEndless = async (name: string) => {
    const words = ["sh", "-c", "while head -c 300000 /dev/urandom; do sleep 0.1; done"];
    const child = client.startBorg(repository, [
      ...["create", "--lock-wait", "60", "--content-from-command", `::${name}`, "--", ...words],
    ]);
    endless.push(child);
    await until("the endless one writes", async () => (await openSessions()).some((one) => one.writing));
    return {
      end: async () => {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      },
    };
  };
  const openSessions = async () => (await sessions()).filter((one) => one.endedAt === null);
  const archives = async () => (await run(["list", "--short", "--lock-wait", "60"])).out.trim().split("\n");
  const sessions = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
  const addData = (bytes: number) =>
    writeFileSync(join(source, `${randomBytes(4).toString("hex")}.bin`), randomBytes(bytes));

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
    repository = await client.addRepository();
    source = join(client.folder, "source");
    mkdirSync(source);
    addData(2_000_000);
  });
  afterAll(async () => {
    // What a failed test has left.
    for (const child of endless) child.kill("SIGKILL");
    await node.stop();
  });

  it("never notices an honest backup with a checkpoint every second", async () => {
    addData(12_000_000);
    const made = await create("kept", "--checkpoint-interval", "1", "--upload-ratelimit", "3000");
    expect(made).toMatchObject({ code: 0, err: "" });
    addData(300_000);
    expect(await create("second", "--remote-ratelimit", "2000")).toMatchObject({ code: 0 });
    expect(await archives()).toEqual(["kept", "second"]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "lets a backup that was ended by %s be made again",
    async (signal) => {
      addData(9_000_000);
      const name = `again-${signal}`;
      const cut = client.startBorg(repository, [
        ...["create", "--lock-wait", "60", "--checkpoint-interval", "1", "--upload-ratelimit", "2000"],
        ...[`::${name}`, source],
      ]);
      const gone = once(cut, "exit");
      await wait(3500);
      cut.kill(signal);
      await gone;
      expect(await create(name, "--checkpoint-interval", "1")).toMatchObject({ code: 0 });
      expect(await archives()).toContain(name);
    },
  );

  it("lets a client that lost its cache go on", async () => {
    rmSync(join(client.folder, "base"), { recursive: true });
    addData(100_000);
    expect(await create("no-cache", "--checkpoint-interval", "1")).toMatchObject({ code: 0 });
  });

  it("makes sessions wait for each other as long as they are willing to, and no longer", async () => {
    const other = { BORG_BASE_DIR: join(client.folder, "other-base") };
    const writer = await startEndless("endless");
    const impatient = await run(["--log-json", "create", "--lock-wait", "1", "::impatient", source], other);
    expect(impatient.code).toBeGreaterThan(1);
    expect(errorsOf(impatient.err)).toEqual([
      expect.objectContaining({ msgid: "LockTimeout", message: expect.stringContaining("(timeout)") }),
    ]);
    const patient = run(["create", "--lock-wait", "60", "::patient", source], other);
    await until("both are there", async () => (await openSessions()).length === 2);
    await writer.end();
    expect(await patient).toMatchObject({ code: 0 });
    expect(await archives()).toContain("patient");
  });

  it("serves reading with the lock and, while another writes, without it", async () => {
    expect(await run(["extract", "--dry-run", "::kept"])).toMatchObject({ code: 0 });
    expect(await run(["key", "export", "::", join(client.folder, "exported")])).toMatchObject({ code: 0 });
    const writer = await startEndless("endless-too");
    for (const args of [
      ["list", "--bypass-lock", "::kept"],
      ["info", "--bypass-lock"],
      ["extract", "--bypass-lock", "--dry-run", "::kept"],
      ["export-tar", "--bypass-lock", "::kept", "/dev/null"],
    ])
      expect(await run(args, { BORG_BASE_DIR: join(client.folder, "other-base") })).toMatchObject({
        code: 0,
      });
    await writer.end();
  });

  it("has refused no call of all this, and every session was found clean", async () => {
    await until("all is audited", async () => {
      const state = await node.keeper("vault-state", { clientId: client.id, repositoryId: repository.id });
      return state.unaudited === 0;
    });
    expect((await sessions()).filter((session) => session.callsRefused > 0)).toEqual([]);
    expect(node.auditor?.audits.filter((audit) => !audit.clean)).toEqual([]);
  });

  it.each(REFUSED)("ends with one sentence when somebody tries to %s", async (_, words, part) => {
    const args = words.map((word) => (word === "NEW" ? `${repository.url}x` : word));
    const env = {
      BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "YES",
      BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "YES",
      BORG_NEW_PASSPHRASE: "another",
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
    };
    const [verb = "", ...rest] = args;
    const shown = await run([verb, "--lock-wait", "60", ...rest], env);
    expect(shown.code).toBe(2);
    expect(shown.err).not.toMatch(/Traceback|Remote:|Connection closed/);
    const said = shown.err.split("\n").filter((line) => line.startsWith("bbs-gate: "));
    expect(said).toEqual([expect.stringContaining(part)]);
    // On another archive: recreate leaves its copy behind, which only adds.
    const again = rest.map((word) => word.replace("::kept", "::no-cache"));
    const json = await run([verb, "--log-json", "--lock-wait", "60", ...again], env);
    expect(errorsOf(json.err).map(({ message, msgid }) => ({ message, msgid }))).toEqual([
      { message: said[0], msgid: "NotAllowed" },
    ]);
  });

  it("has kept every archive through all that, and the keeper knows what was refused", async () => {
    expect(await archives()).toEqual(expect.arrayContaining(["kept", "second", "no-cache", "patient"]));
    const refused = (await sessions()).flatMap((session) => session.refusedCalls);
    expect(new Set(refused.map(({ call }) => call))).toEqual(
      new Set(["delete", "put", "commit", "save_key", "check", "break_lock", "destroy", "open"]),
    );
    expect(refused.every(({ say }) => say.startsWith("bbs-gate: "))).toBe(true);
    expect(await run(["check", "--archives-only", "--lock-wait", "60"])).toMatchObject({ code: 0 });
  });

  it("ends a session that speaks no borg with one sentence, and serves the next", async () => {
    const [command = "", ...options] = client.sshCommand;
    const ssh = spawn(command, [...options, `${client.user}@127.0.0.1`, "borg", "serve"], {
      env: bareEnvironment(),
    });
    let said = "";
    ssh.stderr.on("data", (piece) => {
      said += String(piece);
    });
    ssh.stdout.resume();
    ssh.stdin.on("error", () => undefined);
    const gone = once(ssh, "exit");
    ssh.stdin.write(Buffer.from("dfffffffffdfffffffff", "hex"));
    expect((await gone)[0]).toBe(2);
    expect(said.trim().split("\n")).toEqual([expect.stringMatching(/^bbs-gate: what came is not borg's: /)]);
    expect(await archives()).toContain("kept");
  });
});

/** Lines that say why it failed: --log-json without progress, warnings and questions. */
function errorsOf(text: string): { message: string; msgid: string }[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((line) => line.type === "log_message" && line.levelname === "ERROR");
}
