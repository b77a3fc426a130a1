import { spawn } from "node:child_process";

export type Ended = { code: number; out: string; err: string };
export type RunOptions = {
  env?: Record<string, string>;
  input?: string | Buffer;
  uid?: number;
  gid?: number;
  timeoutMs?: number;
};

/** An environment of exactly these variables and a PATH. */
export function bareEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return Object.assign(Object.create(null), {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    ...more,
  });
}

/** Runs a program to its end, without a shell; never rejects for its exit code. Killed by a signal: code -1. */
export function runProgram(command: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
      env: bareEnvironment(options.env),
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const limit = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 60_000);
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({
        code: code ?? -1,
        out: Buffer.concat(out).toString(),
        err: Buffer.concat(err).toString(),
      });
    });
  });
}
