import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Account } from "./accounts";
import { lastLine } from "./postgres";

export interface LaunchOptions {
  name: string;
  command: string;
  args: string[];
  /** The whole environment: nothing of ours is inherited. */
  env: Record<string, string>;
  /** Null: as this process. */
  account: Account | null;
  /** Further groups, by number. */
  groups?: number[];
  /** Ports below 1024 for an account that is not root. */
  lowPorts?: boolean;
  cwd: string;
  logFile: string;
  /** Answers true once the program does its work. */
  isReady(): Promise<boolean>;
}

/** A program that is not ready by then is ended; a console on a slow disk needs some seconds. */
const READY_MS = 60_000;

/** Starts a program with the given account and answers when it is ready. Throws with its last words when it is not. */
export async function launch(options: LaunchOptions): Promise<ChildProcess> {
  const log = await open(options.logFile, "a", 0o640);
  const [command = "", ...args] = commandLine(options);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { NODE_ENV: "production", ...options.env },
    stdio: ["ignore", log.fd, log.fd],
    // Its own group: a Ctrl-C at the terminal reaches the supervisor only, which ends its children in order.
    detached: true,
  });
  await log.close();
  let failure: Error | null = null;
  child.once("error", (error) => {
    failure = error;
  });
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (failure) throw failure;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${await lastLine(options.logFile)} (log: ${options.logFile})`);
    }
    if (await options.isReady()) return child;
    await wait(25);
  }
  child.kill("SIGKILL");
  throw new Error(`It was not ready within ${READY_MS / 1000} seconds (log: ${options.logFile})`);
}

/**
 * setpriv (util-linux, part of every Debian) changes to the account and then becomes the program, so the pid stays the child's. Node's
 * own `uid` and `gid` would drop the further groups, and cannot forbid new privileges (setuid programs).
 */
function commandLine({ command, args, account, groups = [], lowPorts }: LaunchOptions): string[] {
  if (!account) return [command, ...args];
  const capabilities = lowPorts
    ? ["--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
    : ["--inh-caps=-all"];
  return [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    groups.length > 0 ? `--groups=${groups.join(",")}` : "--clear-groups",
    ...capabilities,
    "--no-new-privs",
    command,
    ...args,
  ];
}

/** Somebody takes connections on this Unix socket. */
export async function answersOnSocket(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** Somebody takes connections on this port and says so first (ssh does), beginning with `greeting`. */
export async function greetsOnPort(port: number, host: string, greeting: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: reachableHost(host) });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.once("data", (bytes) => done(bytes.toString("latin1").startsWith(greeting)));
    socket.on("error", () => done(false));
    socket.on("close", () => done(false));
  });
}

/** The web server answers a request, whatever it says. Our own certificate is not looked at: nothing secret is sent. */
export async function answersHttps(port: number, host: string, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      { port, host: reachableHost(host), path, rejectUnauthorized: false, timeout: 5_000, agent: false },
      (response) => {
        response.resume();
        resolve((response.statusCode ?? 500) < 500);
      },
    );
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });
}

/** "Listen everywhere" is no address to connect to. */
const reachableHost = (host: string) => (host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host);
