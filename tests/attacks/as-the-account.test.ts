import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, runProgram } from "~tests/support/run-program";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/**
 * One layer deeper: the client's own Unix account *with* a shell, as after a hole in borg serve. Each probe first works as root, and
 * where the account has something of its own, on that.
 */
describe("as a client's own account with a shell", () => {
  let node: StorageNode;
  let client: TestClient;
  let own: TestRepository;
  let neighbour: TestClient;
  let theirs: TestRepository;
  let account: { uid: number; gid: number };
  const path = (...parts: string[]) => join(node.data, ...parts);
  const asClient = (script: string, ...args: string[]): Promise<Ended> =>
    runProgram("/bin/bash", ["-c", script, "bash", ...args], account);
  const asRoot = (script: string, ...args: string[]): Promise<Ended> =>
    runProgram("/bin/bash", ["-c", script, "bash", ...args]);

  beforeAll(async () => {
    node = await startStorageNode();
    [client, neighbour] = [await node.addClient(), await node.addClient()];
    [own, theirs] = [await client.addRepository(), await neighbour.addRepository()];
    for (const [who, what] of [
      [client, own],
      [neighbour, theirs],
    ] as const)
      expect(await who.borg(what, ["create", "::kept", "/usr/share/doc/adduser"])).toMatchObject({ code: 0 });
    const id = (flag: string) => Number(execFileSync("id", [flag, client.user], { encoding: "utf8" }));
    account = { uid: id("-u"), gid: id("-g") };
    mkdirSync(path("secrets"), { recursive: true, mode: 0o700 });
    writeFileSync(path("secrets/app-key"), "secret", { mode: 0o600 });
  });
  afterAll(() => node.stop());

  it("is what it should be: one group, and its own repository is readable", async () => {
    expect((await asClient("id -G")).out.trim()).toBe(String(account.gid));
    expect(await asClient('cat "$1"/README', own.path)).toMatchObject({ code: 0 });
  });

  it("reads no secret, no record, no ledger, no vault, no other client's file", async () => {
    const secrets = [
      path("keeper/accounts.json"),
      path("keeper/sessions.ndjson"),
      path("secrets/app-key"),
      path("ssh/ssh_host_ed25519_key"),
      path("ssh/sshd_config"),
      path("vault", own.id, "repository.json"),
      path("vault", theirs.id, "repository.json"),
      join(theirs.path, "config"),
      join(theirs.path, "README"),
    ];
    for (const file of secrets) {
      expect({ file, ...(await asRoot('cat "$1" >/dev/null', file)) }).toMatchObject({ file, code: 0 });
      expect({ file, ...(await asClient('cat "$1"', file)) }).toMatchObject({ file, out: "", code: 1 });
    }
  });

  it("lists no folder that would tell it who else is here", async () => {
    const closed = [
      "",
      "run",
      "run/gate",
      "home",
      "keeper",
      "keeper/borg",
      "vault",
      "ssh",
      "ssh/authorized_keys",
    ];
    for (const folder of [...closed.map((name) => path(name)), path("home", neighbour.id), theirs.path]) {
      expect((await asRoot('ls "$1"', folder)).code).toBe(0);
      expect({ folder, ...(await asClient('ls "$1"', folder)) }).toMatchObject({ folder, out: "", code: 2 });
    }
  });

  it("writes nowhere but into its own repository", async () => {
    expect(await asClient('touch "$1"/data/probe && rm "$1"/data/probe', own.path)).toMatchObject({
      code: 0,
    });
    const folders = [
      "",
      "run",
      "run/gate",
      "home",
      `home/${client.id}`,
      `home/${client.id}/repos`,
      `home/${neighbour.id}`,
      "keeper",
      "vault",
      `vault/${own.id}`,
      "ssh",
      "ssh/authorized_keys",
      "keeper/borg",
      `keeper/borg/${own.id}`,
    ];
    for (const folder of [...folders.map((name) => path(name)), theirs.path, join(theirs.path, "data")]) {
      expect({ folder, ...(await asClient('touch "$1"/planted', folder)) }).toMatchObject({
        folder,
        code: 1,
      });
      expect(existsSync(join(folder, "planted"))).toBe(false);
    }
    for (const file of [
      path("ssh/authorized_keys", client.user),
      path("keeper/sessions.ndjson"),
      path("vault", own.id, "repository.json"),
      join(node.data, "../programs/gate.mjs"),
    ])
      expect({ file, ...(await asClient('echo x >>"$1"', file)) }).toMatchObject({ file, code: 1 });
  });

  it("opens neither the keeper's socket nor another client's, only its own", async () => {
    const probe = `
      const net = require("node:net");
      const socket = net.connect(process.argv[1]);
      socket.on("connect", () => { console.log("connected"); process.exit(0); });
      socket.on("error", (error) => { console.log(error.code); process.exit(1); });`;
    const knock = (socket: string) => runProgram(process.execPath, ["-e", probe, socket], account);
    expect((await knock(path("run/gate", `${client.id}.sock`))).out).toBe("connected\n");
    expect((await knock(path("run/gate", `${neighbour.id}.sock`))).out).toBe("EACCES\n");
    expect((await knock(path("run/keeper.sock"))).out).toBe("EACCES\n");
    expect((await runProgram(process.execPath, ["-e", probe, path("run/keeper.sock")])).out).toBe(
      "connected\n",
    );
  });

  it("cannot forge another client's session, nor make the keeper signal a process that is not its own", async () => {
    const victim = process.pid;
    const speak = (pid: string) =>
      runProgram(
        process.execPath,
        [
          "-e",
          `const socket = require("node:net").connect(process.argv[1]);
           const pid = process.argv[2] === "self" ? process.pid : Number(process.argv[2]);
           socket.on("data", (piece) => { console.log(String(piece)); socket.destroy(); });
           socket.write(JSON.stringify({ begin: { asked: "borg serve", refused: null, peerAddress: "203.0.113.9", pid, clientId: "${neighbour.id}", sequence: 1 } }) + "\\n");`,
          path("run/gate", `${client.id}.sock`),
          pid,
        ],
        account,
      );
    const before = (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
    expect((await speak(String(victim))).out).toContain("a process that is not its own");
    expect((await speak("1")).out).toContain("a process that is not its own");
    expect((await speak("self")).out).toContain('"allow"');
    const after = (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
    const news = after.filter((session) => !before.some((known) => known.sequence === session.sequence));
    expect(news.map((session) => session.clientId)).toEqual([client.id]);
  });

  it("cannot remove or change what makes its repository one", async () => {
    for (const script of [
      'rm -f "$1"/config',
      'mv "$1"/config "$1"/gone',
      'echo >>"$1"/config',
      'rm -rf "$1"',
      'mv "$1" "$1"-gone',
      'rm -f "$1"/README',
      'mv "$1"/data "$1"/data-gone',
      'chmod 777 "$1"',
      'ln -sf /etc/passwd "$1"/config',
    ])
      expect({ script, ...(await asClient(script, own.path)) }).toMatchObject({
        script,
        err: expect.stringMatching(/denied|not permitted/i),
      });
    expect(readFileSync(join(own.path, "config"), "utf8")).toContain("[repository]");
    expect(readdirSync(own.path)).toEqual(expect.arrayContaining(["README", "config", "data"]));
  });

  it("is given no file of others when the keeper puts owners right", async () => {
    const trap = await node.addClient();
    const bait = await trap.addRepository();
    const numbers = { uid: statSync(path("home", trap.id)).gid, gid: statSync(path("home", trap.id)).gid };
    writeFileSync(path("keeper/prey"), "prey", { mode: 0o600 });
    const plant = [
      'ln -s "$2"/keeper/prey "$1"/index.99',
      'ln -s "$2"/keeper "$1"/data/99',
      'mkfifo "$1"/hints.99',
      'ln -s "$2"/keeper/prey "$1"/nonce.new',
      'ln "$1"/config "$1"/index.98 || true',
    ].join("; ");
    expect((await runProgram("/bin/bash", ["-c", plant, "bash", bait.path, node.data], numbers)).code).toBe(
      0,
    );
    const read = { clientId: trap.id, repositoryId: bait.id, passphrase: bait.passphrase };
    await node.keeper("audit-repository", read).catch(() => undefined);
    await node.keeper("compact-repository", read).catch(() => undefined);
    await node.keeper("list-archives", read).catch(() => undefined);
    expect(statSync(path("keeper/prey"))).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(path("keeper"))).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(join(bait.path, "config")).uid).not.toBe(numbers.uid);
  });

  it("cannot trace or signal the borg that runs for it on our side", async () => {
    const vault = Number(execFileSync("id", ["-u", `bbv-${client.id}`], { encoding: "utf8" }));
    expect(vault).not.toBe(account.uid);
    const target = execFileSync("sh", ["-c", "sleep 60 >/dev/null 2>&1 & echo $!"], {
      uid: vault,
      gid: account.gid,
      encoding: "utf8",
    }).trim();
    expect((await asClient(`kill -0 ${target}`)).err).toMatch(/not permitted/i);
    expect((await asClient(`cat /proc/${target}/environ`)).err).toMatch(/denied/i);
    expect((await asRoot(`kill ${target}`)).code).toBe(0);
  });
});
