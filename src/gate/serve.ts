import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Allowed, End } from "./keeper-link";

/** Bytes that may wait in one direction before the gate stops reading the other end. Large enough to keep a fast disk busy. */
const PENDING_BYTES = 4 * 1024 * 1024;

/** After the client is gone borg has this long to end by itself (it gets EOF and drops its lock) before it is killed. */
const EOF_GRACE_MS = 30_000;

/**
 * Runs `borg serve` between our stdin and stdout and counts what passes. Append-only, restricted to the given repositories and nothing
 * else; an environment of our own, so nothing the client sent reaches borg. Resolves when borg has ended; never rejects.
 */
export function serveBorg(allowed: Allowed): Promise<End> {
  return new Promise((resolve) => {
    const borg = spawn(allowed.borg, serveArguments(allowed.paths), {
      cwd: "/",
      stdio: ["pipe", "pipe", "inherit"],
      env: Object.assign(Object.create(null), {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: allowed.home,
        LANG: "C.UTF-8",
      }),
    });
    let settled = false;
    let impatience: NodeJS.Timeout | undefined;
    const finish = (exitCode: number | null) => {
      if (settled) return;
      settled = true;
      clearTimeout(impatience);
      resolve({ bytesIn: fromClient.bytes, bytesOut: fromBorg.bytes, exitCode });
    };
    const clientIsGone = () => {
      borg.stdin.end();
      impatience ??= setTimeout(() => borg.kill("SIGKILL"), EOF_GRACE_MS);
    };

    const fromClient = pump(process.stdin, borg.stdin);
    process.stdin.once("end", clientIsGone);
    process.stdin.once("error", clientIsGone);
    // borg that ended early is judged by its exit, not by the pipe that broke with it.
    borg.stdin.on("error", () => undefined);

    const fromBorg = pump(borg.stdout, process.stdout);
    process.stdout.once("error", () => {
      borg.stdout.resume();
      clientIsGone();
    });

    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        borg.kill("SIGTERM");
        clientIsGone();
      });
    }
    borg.once("error", (error) => {
      process.stderr.write(`bbs-gate: borg could not be started: ${error.message}\n`);
      finish(127);
    });
    borg.once("close", (code, signal) => finish(signal ? 128 : code));
  });
}

/** What borg is told: append-only, these repositories and nothing else. */
export function serveArguments(paths: readonly string[]): string[] {
  return [
    "serve",
    "--append-only",
    "--umask=0027",
    ...paths.flatMap((path) => ["--restrict-to-repository", path]),
  ];
}

/** Passes data on as it comes. Unlike `pipe` it lets several megabytes wait, so one slow write does not stall the reader. */
function pump(from: Readable, to: Writable): { bytes: number } {
  const counted = { bytes: 0 };
  from.on("data", (chunk: Buffer) => {
    counted.bytes += chunk.length;
    if (to.destroyed || to.writableEnded) return;
    to.write(chunk);
    if (to.writableLength > PENDING_BYTES) {
      from.pause();
      to.once("drain", () => from.resume());
    }
  });
  return counted;
}
