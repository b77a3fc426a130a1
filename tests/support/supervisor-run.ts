import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./free-port";
import { copyProgram } from "./program-copy";
import { serverHome } from "./server-home";
import { until } from "./until";

export const programRoot = fileURLToPath(new URL("../..", import.meta.url));

/** One start of the supervisor, as `npm start` does it once everything is built. */
export interface SupervisorRun {
  child: ChildProcess;
  port: number;
  sshPort: number;
  data: string;
  printed(): string;
  /** Pid of a program of ours, from its pid file. */
  pidOf(name: string): number;
  /** Waits for its end; null when a signal ended it. */
  ended(): Promise<number | null>;
}

/** Builds what is outdated; once before a suite that starts programs. */
export async function buildEverything(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(programRoot, "src/supervisor/build.mjs")]);
}

/** A folder that every account may pass through, and how to take it away. */
export async function openFolder(): Promise<string> {
  const folder = mkdtempSync(join(serverHome(), "bbs-sup-"));
  await chmod(folder, 0o755);
  return folder;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Starts the supervisor with free ports of loopback. `as` runs it as another account (root only). */
export async function runSupervisor(
  settings: Record<string, string>,
  options: { as?: { uid: number; gid: number }; program?: string; nodeWords?: string[] } = {},
): Promise<SupervisorRun> {
  const port = Number(settings.PORT ?? (await freePort()));
  const sshPort = Number(settings.SSH_PORT ?? (await freePort()));
  const data = settings.BBS_DATA ?? join(await openFolder(), "data");
  const environment = {
    NODE_ENV: "production" as const,
    PATH: process.env.PATH,
    LISTEN: "127.0.0.1",
    APP_URL: `https://127.0.0.1:${port}`,
    PORT: String(port),
    SSH_PORT: String(sshPort),
    BBS_DATA: data,
    ...settings,
  };
  const from = options.as ? copyProgram(dirname(data)) : { node: process.execPath, root: programRoot };
  const program = options.program ?? join(from.root, "dist/supervisor.mjs");
  const child = spawn(from.node, [...(options.nodeWords ?? []), program], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: "/",
    ...(options.as ?? {}),
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (bytes: Buffer) => {
      text += bytes;
    });
  }
  const end = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    port,
    sshPort,
    data,
    printed: () => text,
    pidOf: (name) => Number(readFileSync(join(data, "run", `${name}.pid`), "utf8").split(" ")[0]),
    ended: () => end,
  };
}

/** Waits until it says that everything runs; fails with what it printed when it ends before. */
export async function untilUp(run: SupervisorRun): Promise<void> {
  await until(
    "the supervisor says that everything runs",
    () => {
      if (run.child.exitCode !== null) throw new Error(`The supervisor ended: ${run.printed()}`);
      return run.printed().includes("Ctrl-C stops everything");
    },
    { seconds: 90 },
  );
}

/** A folder that belongs to an account. */
export async function makeFolder(path: string, mode: number): Promise<string> {
  await mkdir(path, { recursive: true, mode });
  await chmod(path, mode);
  return path;
}
