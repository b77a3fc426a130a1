import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBorgs } from "~tests/support/borg-versions";
import { freePort } from "~tests/support/free-port";
import { openServer, type PlainSshd, startPlainSshd } from "~tests/support/plain-sshd";
import { bareEnvironment, type Ended, runProgram } from "~tests/support/run-program";
import { serverHome } from "~tests/support/server-home";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/**
 * What someone who has stolen a client's SSH key can do. Each probe is first shown to work against an ordinary sshd with an ordinary
 * key line, so that a probe which cannot work at all does not pass for a protection.
 */
describe.each(findBorgs())("over ssh with a client's key, borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;
  let plain: PlainSshd;
  const refusals = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions.filter(
      (session) => session.refused !== null && session.clientId === client.id,
    );

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
    repository = await client.addRepository();
    expect(await client.borg(repository, ["create", "::kept", "/usr/share/doc/adduser"])).toMatchObject({
      code: 0,
    });
    plain = await startPlainSshd();
  });
  afterAll(async () => {
    await plain.stop();
    await node.stop();
  });

  const onlyServesBorg = (ended: Ended) => {
    expect(ended.out).toBe("");
    expect(ended.err).toContain("bbs-gate: this account");
    expect(ended.code).toBe(2);
  };

  it("gives no shell and runs no command, and writes each attempt down", async () => {
    expect(await plain.ssh([], ["echo", "works"])).toMatchObject({ code: 0, out: "works\n" });
    expect((await plain.ssh([], [], { input: "echo works\n" })).out).toContain("works");
    const before = (await refusals()).length;
    const attempts = [
      [],
      ["id"],
      ["sh"],
      ["borg", "serve;", "id"],
      ["borg serve; id"],
      ["borg serve && id"],
      ["borg serve | id"],
      ["borg serve `id`"],
      ["borg serve $(id)"],
      ["borg serve\nid"],
      ["borg serve > /tmp/x"],
      ["/bin/sh -c borg serve"],
      ["borg", "delete", "--force", repository.path],
      ["borg", "init", "-e", "none", `${repository.path}-new`],
      ["borg", "--version"],
      ["env BORG_LOGGING_CONF=/etc/passwd borg serve"],
    ];
    for (const attempt of attempts) onlyServesBorg(await client.ssh([], attempt, { input: "id\n" }));
    const after = await refusals();
    expect(after.length - before).toBe(attempts.length);
    expect(after.at(-1)).toMatchObject({ peerAddress: "127.0.0.1", endedAt: expect.any(String) });
  });

  it("does not let the asked command reach borg's parser, which would open server files for the client", async () => {
    const secret = `${serverHome()}/pattern-file`;
    writeFileSync(secret, "lp:not-a-style\n", { mode: 0o644 });
    const oracle = ["create", "--exclude-from", secret, "x::y", "z"];
    const probe = await runProgram(node.borg, ["serve"], {
      env: { SSH_ORIGINAL_COMMAND: `borg ${oracle.join(" ")}` },
    });
    expect(`${probe.err}${probe.out}`).toContain("lp");
    const ended = await client.ssh([], ["borg", ...oracle]);
    rmSync(secret);
    onlyServesBorg(ended);
    expect(ended.err).not.toContain("lp");
  });

  it("gives no terminal", async () => {
    expect((await plain.ssh(["-tt"], ["tty"])).out).toMatch(/\/dev\/pts\//);
    const ended = await client.ssh(["-tt"], ["tty"]);
    expect(ended.out).toBe("");
    expect(ended.err).toContain("PTY allocation request failed");
  });

  it("gives no sftp and no scp", async () => {
    const loot = join(client.folder, "loot");
    const sftp = (server: { user: string; port: number; options: string[] }) =>
      runProgram(
        "sftp",
        ["-q", ...server.options, "-P", String(server.port), "-b", "-", `${server.user}@127.0.0.1`],
        {
          input: `get /etc/hostname ${loot}\n`,
        },
      );
    const scp = (server: { user: string; port: number; options: string[] }, legacy: string[]) =>
      runProgram("scp", [
        "-q",
        ...legacy,
        ...server.options,
        "-P",
        String(server.port),
        `${server.user}@127.0.0.1:/etc/hostname`,
        loot,
      ]);
    const ours = {
      user: client.user,
      port: node.port,
      options: client.sshCommand.slice(1).filter((word, at, all) => word !== "-p" && all[at - 1] !== "-p"),
    };
    for (const fetch of [
      sftp,
      (server: typeof ours) => scp(server, []),
      (server: typeof ours) => scp(server, ["-O"]),
    ]) {
      expect(await fetch(plain.target)).toMatchObject({ code: 0 });
      expect(readFileSync(loot, "utf8")).toBe(readFileSync("/etc/hostname", "utf8"));
      rmSync(loot);
      expect((await fetch(ours)).code).not.toBe(0);
      expect(existsSync(loot)).toBe(false);
    }
  });

  describe("forwarding", () => {
    let inside: Server;
    let insidePort: number;
    const started: ChildProcess[] = [];
    beforeAll(async () => {
      insidePort = await freePort();
      inside = await openServer(insidePort, "inside\n");
    });
    afterAll(() => {
      for (const child of started) child.kill("SIGKILL");
      inside.close();
    });
    const forward = (server: string[], options: string[]) => {
      const child = spawn("ssh", [...server.slice(1), "-N", "-o", "ExitOnForwardFailure=yes", ...options], {
        stdio: ["ignore", "ignore", "pipe"],
        env: bareEnvironment(),
      });
      started.push(child);
      let err = "";
      child.stderr?.on("data", (piece) => {
        err += String(piece);
      });
      return { child, err: () => err };
    };
    const read = (port: number) =>
      runProgram("bash", ["-c", `exec 3<>/dev/tcp/127.0.0.1/${port} && timeout 3 head -c 7 <&3`]);
    /** The same through a SOCKS5 proxy: greeting, then a connect to the inner port. */
    const readThroughSocks = (port: number) => {
      const inner = [insidePort >> 8, insidePort & 255]
        .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
        .join("");
      const words = [
        `exec 3<>/dev/tcp/127.0.0.1/${port}`,
        "printf '\\5\\1\\0' >&3",
        "head -c 2 <&3 >/dev/null",
        `printf '\\5\\1\\0\\1\\177\\0\\0\\1${inner}' >&3`,
        "timeout 3 head -c 17 <&3 | tail -c 7",
      ];
      return runProgram("bash", ["-c", words.join("; ")]);
    };
    const opens = async (port: number) =>
      (await runProgram("bash", ["-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`])).code === 0;

    it("reaches no port of the server's network: -W, -L, -D", async () => {
      const target = `127.0.0.1:${insidePort}`;
      expect((await plain.ssh(["-W", target])).out).toBe("inside\n");
      const through = await client.ssh(["-W", target]);
      expect(through.out).toBe("");
      expect(through.err).toMatch(/administratively prohibited|open failed/);

      const kinds = [
        { make: (port: number) => ["-L", `127.0.0.1:${port}:${target}`], probe: read },
        { make: (port: number) => ["-D", `127.0.0.1:${port}`], probe: readThroughSocks },
      ];
      for (const { make, probe } of kinds) {
        const works = await freePort();
        forward([...plain.command, plain.host], make(works));
        await until("the plain forward works", async () => (await probe(works)).out === "inside\n");
        const refused = await freePort();
        const attempt = forward([...client.sshCommand, `${client.user}@127.0.0.1`], make(refused));
        await until("ssh listens here or gives up", async () => {
          return attempt.child.exitCode !== null || (await opens(refused));
        });
        expect((await probe(refused)).out).toBe("");
      }
    });

    it("opens no port on the server: -R", async () => {
      const works = await freePort();
      forward([...plain.command, plain.host], ["-R", `127.0.0.1:${works}:127.0.0.1:${insidePort}`]);
      await until("the plain remote forward works", async () => (await read(works)).out === "inside\n", {
        everyMs: 200,
      });
      const refused = await freePort();
      const attempt = forward(
        [...client.sshCommand, `${client.user}@127.0.0.1`],
        ["-R", `127.0.0.1:${refused}:127.0.0.1:${insidePort}`],
      );
      await until("ssh gives up", () => attempt.child.exitCode !== null);
      expect(attempt.err()).toContain("remote port forwarding failed");
      expect((await read(refused)).out).toBe("");
    });

    it("forwards no agent", async () => {
      const socket = join(client.folder, "agent.sock");
      const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
      started.push(agent);
      await until("the agent listens", () => existsSync(socket));
      const env = { SSH_AUTH_SOCK: socket };
      expect((await plain.ssh(["-A"], ["echo", "$SSH_AUTH_SOCK"], { env })).out).toMatch(/\/agent\./);
      const session = startServe(client, ["-A"], env);
      await until("borg serve runs", () => servePids(client).length > 0);
      const gate = execFileSync("pgrep", ["-u", client.user, "-f", "gate.mjs"], { encoding: "utf8" }).trim();
      const environment = gate.split("\n").map((pid) => readFileSync(`/proc/${pid}/environ`, "utf8"));
      session.kill("SIGKILL");
      expect(environment.join("\0")).toContain("SSH_CONNECTION=");
      expect(environment.join("\0")).not.toContain("SSH_AUTH_SOCK");
      await until("borg serve has ended", () => servePids(client).length === 0);
    });
  });

  it("takes no variables: neither BORG_* nor LD_* nor LANG", async () => {
    const marker = join(client.folder, "marker");
    const env = { BORG_LOGGING_CONF: marker, LD_PRELOAD: "", LC_PROBE: "x", BORG_PROBE: "x" };
    const send = ["-o", "SendEnv=BORG_* LC_* LANG"];
    expect((await plain.ssh(send, ["env"], { env })).out).toContain("BORG_PROBE=x");
    const session = startServe(client, send, env);
    await until("borg serve runs", () => servePids(client).length > 0);
    const environment = servePids(client).map((pid) => readFileSync(`/proc/${pid}/environ`, "utf8"));
    session.kill("SIGKILL");
    for (const text of environment) {
      const names = text.split("\0").map((one) => one.split("=")[0] ?? "");
      // What the shell script around the unpacked borg 1.4 adds.
      const foreign = names.filter(
        (name) => !["HOME", "LANG", "PATH", "PYTHONPATH", "PWD", ""].includes(name),
      );
      expect(foreign).toEqual([]);
      expect(text).not.toContain("PROBE");
    }
    expect(environment.length).toBeGreaterThan(0);
    await until("borg serve has ended", () => servePids(client).length === 0);
  });

  it("ignores the arguments of a borg serve: no other path, no other umask, still append-only", async () => {
    const session = startServe(client, [], {}, [
      "--umask=000",
      "--restrict-to-path",
      "/",
      "--storage-quota",
      "1T",
    ]);
    await until("borg serve runs", () => servePids(client).length > 0);
    const commands = servePids(client).map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"));
    session.kill("SIGKILL");
    const words = commands.find((command) => command.includes("serve")) ?? [];
    expect(words.slice(words.indexOf("serve"))).toEqual([
      ...["serve", "--append-only", "--umask=0027", "--restrict-to-repository", repository.path, ""],
    ]);
    await until("borg serve has ended", () => servePids(client).length === 0);
  });
});

function startServe(client: TestClient, options: string[], env: Record<string, string>, args: string[] = []) {
  const [command = "ssh", ...rest] = client.sshCommand;
  return spawn(command, [...rest, ...options, `${client.user}@127.0.0.1`, "borg", "serve", ...args], {
    stdio: ["pipe", "ignore", "ignore"],
    env: bareEnvironment(env),
  });
}

/** Processes named borg (or Python running it) of the client's account. */
function servePids(client: TestClient): number[] {
  try {
    return execFileSync("pgrep", ["-u", client.user, "-f", "borg.* serve --append-only"], {
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
}
