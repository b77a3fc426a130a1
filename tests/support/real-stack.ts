import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BbsClient, createBbsClient } from "~/api-client/create-bbs-client";
import { freePort } from "./free-port";
import { copyProgram } from "./program-copy";
import {
  commandLine,
  descendants,
  isKeptRunning,
  killQuietly,
  type Program,
  pidsOf,
} from "./real-stack-processes";
import { serverHome } from "./server-home";
import { until } from "./until";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** A whole server: every program real, on free ports of loopback, with a data folder of its own. */
export interface RealStack {
  url: string;
  sshPort: number;
  fingerprint: string;
  /** An API token of the admin. */
  token: string;
  email: string;
  password: string;
  dataDir: string;
  bbs: BbsClient;
  /** Environment in which `bbs-admin` and `bbs` find this server. */
  environment: NodeJS.ProcessEnv;
  /** Process ids of one program, the supervisor's own included in `supervisor`. */
  pids(program: Program): number[];
  /** `kill -9`, and back when a new process of that name has taken over and the server answers again. */
  killHard(program: Program): Promise<void>;
  /** `kill -9` of the supervisor, then what `npm start` does; back when the server answers again. */
  restartHard(): Promise<void>;
  /** Ends every program at once, as a power cut does, does `work` with nothing running, and starts again. */
  rebuilt(work: () => Promise<void>): Promise<void>;
  /** What the supervisor printed. */
  printed(): string;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Leave the first admin to the test (the setup link is in `printed()`). */
  withoutAdmin?: boolean;
  /** More settings, e.g. BBS_BORG. */
  settings?: Record<string, string>;
  /** Run all of it as this ordinary account, as on a machine without root (the test itself must be root). */
  as?: { uid: number; gid: number; home: string };
  /** Where other machines (network namespaces) reach this server. Default: loopback only. */
  address?: string;
  /** Where the folder of this server is made; default: where tests keep them. */
  home?: string;
  /** Another build of the supervisor, and its arguments. */
  supervisor?: readonly string[];
}

/**
 * Starts the product as `npm start` does: the supervisor out of `dist/`, which starts PostgreSQL, keeper, sshd, worker and web.
 * Needs root for what root gives; without it the same with one account.
 */
export async function startRealStack(options: StackOptions = {}): Promise<RealStack> {
  await buildOutdated();
  const folder = mkdtempSync(join(options.home ?? serverHome(), "bbs-stack-"));
  // Accounts of clients and programs must be able to walk through.
  chmodSync(folder, 0o755);
  const from = options.as ? copyProgram(folder) : { node: process.execPath, root: ROOT };
  const account = options.as ? { uid: options.as.uid, gid: options.as.gid } : {};
  if (options.as) chownSync(folder, options.as.uid, options.as.gid);
  const dataDir = join(folder, "data");
  const address = options.address ?? "127.0.0.1";
  const [port, sshPort] = [await freePort(), await freePort()];
  const url = `https://${address}:${port}`;
  const environment: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    PATH: process.env.PATH,
    HOME: options.as?.home ?? process.env.HOME,
    BBS_DATA: dataDir,
    LISTEN: address,
    PORT: String(port),
    SSH_PORT: String(sshPort),
    SSH_HOST: address,
    APP_URL: url,
    XDG_CONFIG_HOME: join(folder, "config"),
    ...options.settings,
  };
  const output: string[] = [];
  const launch = () => {
    const child = spawn(from.node, [...(options.supervisor ?? [join(from.root, "dist/supervisor.mjs")])], {
      cwd: from.root,
      env: environment,
      ...account,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    return child;
  };
  let supervisor = launch();
  const printed = () => output.join("");

  try {
    await until("the server answers", () => answers(url, supervisor, printed), { seconds: 120 });
    const fingerprint = await fingerprintOf(address, port);
    const [email, password] = ["admin@example.org", "correct horse battery"];
    const token = options.withoutAdmin
      ? ""
      : makeAdmin(from, { env: environment, ...account }, email, password);
    const stack: RealStack = {
      url,
      sshPort,
      fingerprint,
      token,
      email,
      password,
      dataDir,
      environment,
      printed,
      bbs: createBbsClient({ url, token, fingerprint }),
      pids: (program) => pidsOf(supervisor.pid ?? -1, program),
      killHard: async (program) => {
        const before = stack.pids(program);
        if (before.length === 0) throw new Error(`no ${program} runs below the supervisor`);
        for (const pid of before) process.kill(pid, "SIGKILL");
        if (!isKeptRunning(program)) return;
        await until(`a new ${program} runs`, async () => {
          const now = stack.pids(program);
          return now.length > 0 && now.every((pid) => !before.includes(pid));
        });
        await until("the server answers again", () => answers(url, supervisor, printed), { seconds: 60 });
      },
      restartHard: async () => {
        const before = stack.pids("web");
        supervisor.kill("SIGKILL");
        await until("the supervisor is gone", () => supervisor.signalCode !== null);
        supervisor = launch();
        await until("a new web runs", () => stack.pids("web").some((pid) => !before.includes(pid)), {
          seconds: 60,
        });
        await until("the server answers again", () => answers(url, supervisor, printed), { seconds: 60 });
      },
      rebuilt: async (work) => {
        const below = descendants(supervisor.pid ?? -1);
        for (const pid of [supervisor.pid ?? -1, ...below]) killQuietly(pid);
        await until("every program is gone", () => below.every((pid) => commandLine(pid) === ""));
        await work();
        supervisor = launch();
        await until("the server answers again", () => answers(url, supervisor, printed), { seconds: 120 });
      },
      stop: () => stop(supervisor, folder),
    };
    return stack;
  } catch (error) {
    const logs = lastLines(join(dataDir, "log"));
    await stop(supervisor, folder);
    throw new Error(`the server did not start; it printed:\n${printed()}\n${logs}`, { cause: error });
  }
}

/** The end of each program's log, for the message of a failed test. */
function lastLines(folder: string): string {
  if (!existsSync(folder)) return "";
  return readdirSync(folder)
    .map(
      (name) => `--- ${name}\n${readFileSync(join(folder, name), "utf8").split("\n").slice(-15).join("\n")}`,
    )
    .join("\n");
}

/** Builds what changed since the last build; nothing when nothing did. */
async function buildOutdated(): Promise<void> {
  await run(process.execPath, [join(ROOT, "src/supervisor/build.mjs")], { cwd: ROOT });
}

async function answers(url: string, supervisor: ChildProcess, printed: () => string): Promise<boolean> {
  if (supervisor.exitCode !== null) throw new Error(`the supervisor has ended:\n${printed()}`);
  try {
    const { port, hostname } = new URL(url);
    const { status } = await createUnpinned(`https://${hostname}:${port}/api/health`);
    return status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** One GET that accepts any certificate: only to see that something answers. */
async function createUnpinned(url: string): Promise<{ status: number }> {
  const { get } = await import("node:https");
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false, timeout: 3000, agent: false }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0 });
    })
      .once("timeout", function (this: { destroy(error: Error): void }) {
        this.destroy(new Error("no answer in 3 s"));
      })
      .once("error", reject);
  });
}

async function fingerprintOf(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      const seen = socket.getPeerX509Certificate()?.fingerprint256;
      socket.destroy();
      if (seen) resolve(seen.replaceAll(":", "").toLowerCase());
      else reject(new Error("no certificate was shown"));
    });
    socket.once("error", reject);
  });
}

function makeAdmin(
  from: { node: string; root: string },
  run: { env: NodeJS.ProcessEnv; uid?: number; gid?: number },
  email: string,
  password: string,
): string {
  const words = ["setup", "--email", email, "--name", "Ada Admin", "--password-stdin", "--token", "tests"];
  words.push("--scope", "everything", "reveal-secrets");
  const printed = execFileSync(from.node, [join(from.root, "dist/bbs-admin.mjs"), ...words, "--json"], {
    ...run,
    cwd: "/",
    input: password,
    encoding: "utf8",
  });
  const { token } = JSON.parse(printed) as { token: string };
  return token;
}

async function stop(supervisor: ChildProcess, folder: string): Promise<void> {
  const below = descendants(supervisor.pid ?? -1);
  if (supervisor.exitCode === null && supervisor.signalCode === null) {
    supervisor.kill("SIGTERM");
    for (
      let tenths = 0;
      tenths < 300 && supervisor.exitCode === null && supervisor.signalCode === null;
      tenths++
    )
      await wait(100);
    supervisor.kill("SIGKILL");
  }
  for (const pid of below) killQuietly(pid);
  removeAccounts(join(folder, "data"));
  rmSync(folder, { recursive: true, force: true });
}

/** Takes away the Unix accounts that the keeper made for this data folder's clients. */
function removeAccounts(dataDir: string): void {
  if (process.getuid?.() !== 0 || !existsSync(join(dataDir, "home"))) return;
  for (const clientId of readdirSync(join(dataDir, "home")))
    for (const account of [`bbs-${clientId}`, `bbv-${clientId}`]) {
      try {
        execFileSync("userdel", [account], { stdio: "ignore" });
      } catch {
        // The account was never made, or its group is another one's: either way nothing of it can log in.
      }
    }
}
