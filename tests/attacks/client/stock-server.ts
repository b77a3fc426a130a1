import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PlainSshd, startPlainSshd } from "~tests/support/plain-sshd";
import { bareEnvironment, runProgram } from "~tests/support/run-program";
import { serverHome } from "~tests/support/server-home";
import type { Attack, Attacker, Stranger } from "./attack";
import { runWithBorgModules, shareShellTricks } from "./borg-modules";
import { type Judged, judgeRepository } from "./judge";
import { RawRpc } from "./raw-rpc";
import { DAYS, writeDay } from "./sources";

const PASSPHRASE = "stock passphrase";
/** nobody: the account that owns stock repositories, and the shell that an attack on the account has. */
const OWNER = { uid: 65_534, gid: 65_534 };

/** What everybody runs: `borg serve --append-only` behind an ordinary sshd; one fresh copy of a small repository per attack. */
export type StockServer = {
  archives: readonly Judged[];
  /** A copy for one attack and the hands to attack it with; `leave` takes it away. */
  victim: (attack: Attack) => { attacker: Attacker; leave: () => void };
  stop: () => Promise<void>;
};

export async function startStockServer(borg: string): Promise<StockServer> {
  const folder = mkdtempSync(join(serverHome(), "stock-"));
  chmodSync(folder, 0o755);
  const sshd = await startPlainSshd();
  const tricksFile = shareShellTricks(folder);
  const template = join(folder, "template");
  const local = (base: string) => ({
    ...{ BORG_BASE_DIR: base, BORG_PASSPHRASE: PASSPHRASE, TZ: "UTC" },
    ...{ BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes", BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes" },
  });
  mkdirSync(template);
  const make = async (args: string[]) => {
    const ended = await runProgram(borg, args, { env: local(join(template, "base")) });
    if (ended.code !== 0) throw new Error(`stock template: ${ended.err}`);
  };
  await make(["init", "-e", "repokey-blake2", join(template, "repo")]);
  for (const [day, name] of DAYS.entries())
    await make(["create", `${join(template, "repo")}::${name}`, writeDay(join(folder, "source"), day)]);
  const { archives } = await judgeRepository(borg, join(template, "repo"), PASSPHRASE);

  let count = 0;
  const victim = (attack: Attack) => {
    const place = join(folder, `victim-${++count}`);
    mkdirSync(place, { mode: 0o755 });
    const repo = join(place, "repo");
    cpSync(join(template, "repo"), repo, { recursive: true });
    cpSync(join(template, "base"), join(place, "base"), { recursive: true });
    const serve = join(place, "serve");
    const words = [
      ...(attack.stock === "append-only" ? ["--append-only"] : []),
      ...["--restrict-to-path", place],
      ...(attack.quotaBytes === undefined ? [] : ["--storage-quota", String(attack.quotaBytes)]),
    ];
    writeFileSync(serve, `#!/bin/sh\nexec ${borg} serve ${words.join(" ")}\n`, { mode: 0o755 });
    const attacker = hands({ borg, sshd, place, repo, serve, tricksFile, archives, local });
    return { attacker, leave: () => rmSync(place, { recursive: true, force: true }) };
  };
  return {
    ...{ archives, victim },
    stop: async () => {
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function compact(borg: string, path: string, env: Record<string, string>) {
  await runProgram(borg, ["compact", "--threshold", "0", path], { env, timeoutMs: 110_000 });
}

type Place = {
  borg: string;
  sshd: PlainSshd;
  place: string;
  repo: string;
  serve: string;
  tricksFile: string;
  archives: readonly Judged[];
  local: (base: string) => Record<string, string>;
};

function hands({ borg, sshd, place, repo, serve, tricksFile, archives, local }: Place): Attacker {
  const url = `ssh://${sshd.host}:${sshd.target.port}${repo}`;
  const env = (base: string): Record<string, string> => ({
    ...local(join(place, base)),
    ...{ BORG_REPO: url, BORG_REMOTE_PATH: serve, BORG_RSH: sshd.command.slice(0, -2).join(" ") },
  });
  const run = (base: string) => (args: readonly string[], more?: Record<string, string>) =>
    runProgram(borg, [...args], { env: { ...env(base), ...more }, timeoutMs: 110_000 });
  const connect = () => new RawRpc([...sshd.command, sshd.host, serve, "serve"]);
  const shell: Attacker["shell"] = async (script, ...words) => {
    await runProgram("/bin/chown", ["-R", `${OWNER.uid}:${OWNER.gid}`, repo]);
    return runProgram("/bin/bash", ["-c", script, "bash", repo, ...words], OWNER);
  };
  const stranger: Stranger = {
    borg: run("base-of-another"),
    connect,
    shell,
    account: OWNER,
    gateSocket: null,
  };
  return {
    ...{
      side: "stock",
      folder: place,
      archives,
      url,
      passphrase: PASSPHRASE,
      remotePath: repo,
      storedPath: repo,
    },
    ...{ account: OWNER, gateSocket: null, tricksFile, connect, shell, borg: run("base") },
    startBorg: (args, more) =>
      spawn(borg, [...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: bareEnvironment({ ...env("base"), ...more }),
      }),
    hostile: async (...words) => {
      const ended = await runWithBorgModules(borg, "hostile.py", words, env("base"));
      return ended.code === 0 ? JSON.parse(ended.out) : { failed: ended.err.trim().split("\n").at(-1) };
    },
    tricks: async (...words) => {
      await shell("true");
      return runWithBorgModules(borg, { file: tricksFile }, [repo, ...words], {}, OWNER);
    },
    stranger: async () => stranger,
    server: {
      maintain: async () => {
        const env = local(join(place, "server-base"));
        const pruned = await runProgram(borg, ["prune", "--keep-daily", "3", "--keep-last", "3", repo], {
          env,
        });
        await compact(borg, repo, env);
        return pruned.err;
      },
      settle: async () => undefined,
      pauseAudits: () => () => undefined,
      honestBackup: (name) => run("base-honest")(["create", `::${name}`, writeDay(join(place, "honest"), 2)]),
      rollBack: async () => {
        rmSync(repo, { recursive: true, force: true });
        cpSync(join(place, "../template/repo"), repo, { recursive: true });
      },
      // Nobody takes the old line out of authorized_keys.
      replaceKey: async () => undefined,
    },
  };
}
