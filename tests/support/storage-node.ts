import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { callKeeper, type KeeperCall, KeeperError } from "~/keeper/client";
import type { KeeperInput, KeeperOutput, KeeperVerb } from "~/keeper/contract";
import type { Layers } from "~/keeper/layers";
import { writeSshd } from "~/supervisor/sshd";
import { type Auditor, startAuditor } from "./auditor";
import { freePort } from "./free-port";
import { bareEnvironment } from "./run-program";
import { serverHome } from "./server-home";
import { makeTestClient, type TestClient } from "./storage-client";
import { until } from "./until";

const sources = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A storage node of its own: keeper and sshd as real programs, from bundles made now, in a fresh data folder. As root with all
 * protections; else with the one account. `stop` ends what it started and takes accounts and files away.
 */
export type StorageNode = {
  data: string;
  port: number;
  hostKey: string;
  /** borg that both sides use. */
  borg: string;
  keeper: <V extends KeeperVerb>(
    verb: V,
    input: KeeperInput<V>,
    call?: KeeperCall,
  ) => Promise<KeeperOutput<V>>;
  /** What the keeper printed so far. */
  printed: () => string;
  keeperPid: () => number;
  /** Ends the keeper with this signal and waits until it is gone. */
  endKeeper: (signal: NodeJS.Signals) => Promise<void>;
  startKeeper: () => Promise<void>;
  /** Waits until the keeper has ended by itself. */
  keeperIsGone: () => Promise<void>;
  /** What audits in place of a worker; null with the option `audits: false`. */
  auditor: Auditor | null;
  /** A client with its account and a borg of its own. */
  addClient: () => Promise<TestClient>;
  stop: () => Promise<void>;
};

export type StorageNodeOptions = {
  /** Absolute path; default: the system's. */
  borg?: string | undefined;
  /** Folder to keep BBS_DATA in; default: one of its own. Needed for tests on another file system. */
  data?: string;
  /** The keeper kills itself at the step that stands in the file `crash-at` beside the data folder (tests/support/crashing-keeper.ts). */
  crashing?: boolean;
  /** False: nobody audits, so a second writing session of a repository is not let in until the test does. */
  audits?: false;
  /** Layers of the vault to leave out. */
  layers?: { [L in keyof Layers]?: false };
  /** How long a session may last; default: as in production. */
  sessionLimitSeconds?: number;
};

export async function startStorageNode(options: StorageNodeOptions = {}): Promise<StorageNode> {
  const base = mkdtempSync(join(serverHome(), "node-"));
  chmodSync(base, 0o711);
  const data = options.data ?? join(base, "data");
  const borg = options.borg ?? "/usr/bin/borg";
  const programs = join(base, "programs");
  await bundlePrograms(
    programs,
    options.crashing || options.layers || options.sessionLimitSeconds
      ? "tests/support/crashing-keeper.ts"
      : "src/keeper/main.ts",
  );

  const port = await freePort();
  mkdirSync(data, { recursive: true, mode: 0o711 });
  const start = await writeSshd({
    ...{ data, port, listen: "127.0.0.1", sshd: "/usr/sbin/sshd" },
    root: process.getuid?.() === 0,
  });
  let printed = "";
  const note = (child: ChildProcess) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (piece) => {
        printed += String(piece);
      });
  };

  let keeper: ChildProcess;
  const startKeeper = async () => {
    keeper = spawn(process.execPath, [join(programs, "keeper.mjs")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: bareEnvironment({ BBS_DATA: data, BBS_BORG: borg }),
    });
    note(keeper);
    await until("the keeper answers", async () => {
      if (keeper.exitCode !== null) throw new Error(`the keeper ended: ${printed}`);
      return connects({ path: join(data, "run/keeper.sock") });
    });
  };
  const endKeeper = async (signal: NodeJS.Signals) => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return;
    const gone = once(keeper, "exit");
    keeper.kill(signal);
    await gone;
  };
  if (options.sessionLimitSeconds)
    writeFileSync(join(data, "../session-limit.json"), JSON.stringify(options.sessionLimitSeconds));
  if (options.layers) writeFileSync(join(data, "../layers.json"), JSON.stringify(options.layers));
  await startKeeper();
  const sshd = spawn(start.command, start.args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: bareEnvironment(),
  });
  note(sshd);
  await until("sshd listens", () => connects({ port, host: "127.0.0.1" }));

  const clients: TestClient[] = [];
  const passphrases = new Map<string, string>();
  const ask: StorageNode["keeper"] = (verb, input, call) => {
    const makes = verb === "create-repository" || verb === "adopt-import";
    if (makes && "repositoryId" in input && "passphrase" in input)
      if (!passphrases.has(input.repositoryId)) passphrases.set(input.repositoryId, input.passphrase);
    return callKeeper(verb, input, { socketPath: join(data, "run/keeper.sock"), ...call });
  };
  const auditor = options.audits === false ? null : startAuditor(ask, (id) => passphrases.get(id));
  const node: StorageNode = {
    ...{ data, port, borg, hostKey: start.hostKeys[0] ?? "", auditor },
    keeper: (verb, input, call) =>
      ask(verb, input, call).catch((error) => {
        // A fault names no cause to its caller; a test's reader wants it.
        if (error instanceof KeeperError && error.code === "fault" && !error.unreachable)
          console.warn(printed.slice(-4000));
        throw error;
      }),
    keeperIsGone: async () => {
      if (keeper.exitCode === null && keeper.signalCode === null) await once(keeper, "exit");
    },
    printed: () => printed,
    keeperPid: () => keeper.pid ?? 0,
    endKeeper,
    startKeeper,
    addClient: async () => {
      const client = await makeTestClient(node, join(base, "clients"));
      clients.push(client);
      return client;
    },
    stop: async () => {
      await auditor?.stop();
      for (const client of clients) {
        client.stop();
        await node.keeper("end-sessions", { clientId: client.id }).catch(() => undefined);
      }
      await endKeeper("SIGTERM");
      const gone = once(sshd, "exit");
      sshd.kill();
      await gone;
      for (const client of clients) removeAccounts(client.id);
      rmSync(base, { recursive: true, force: true });
      if (options.data) rmSync(data, { recursive: true, force: true });
    },
  };
  return node;
}

/** The programs as they are shipped: one file each, owned by us, readable for the clients' accounts. */
async function bundlePrograms(folder: string, keeper: string) {
  mkdirSync(folder, { mode: 0o755 });
  await build({
    entryPoints: {
      keeper: join(sources, keeper),
      gate: join(sources, "src/gate/main.ts"),
      reader: join(sources, "src/keeper/reader/main.ts"),
    },
    ...{ outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm" },
    ...{ target: "node20", logLevel: "error", tsconfig: join(sources, "tsconfig.json") },
  });
  for (const name of ["keeper.mjs", "gate.mjs", "reader.mjs"]) chmodSync(join(folder, name), 0o644);
}

function removeAccounts(id: string) {
  if (process.getuid?.() !== 0) return;
  const names = readFileSync("/etc/passwd", "utf8");
  for (const name of [`bbs-${id}`, `bbv-${id}`])
    if (names.includes(`${name}:`)) execFileSync("/usr/sbin/userdel", ["-f", name], { stdio: "ignore" });
  if (readFileSync("/etc/group", "utf8").includes(`bbs-${id}:`))
    execFileSync("/usr/sbin/groupdel", [`bbs-${id}`], { stdio: "ignore" });
}

function connects(target: { path: string } | { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(target);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
