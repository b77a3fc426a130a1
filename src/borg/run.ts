import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type BorgLogLine, isProgress, parseLogLine } from "./log-json";
import { splitLines } from "./split-lines";

/** Where borg, ssh and Python are looked for; the caller's own environment never reaches borg. */
const SEARCH_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin:/opt/local/bin";

/** Seconds between the polite signal and SIGKILL: borg needs some to drop its lock after SIGTERM, even on a slow disk. */
export const STOP_GRACE_SECONDS = 15;

/** Log lines kept in the result, newest last. Enough for borg's error with its traceback. */
const KEPT_LOG_LINES = 400;
const MAX_LOG_LINE_BYTES = 64 * 1024;
const MAX_STDOUT_BYTES = 64 * 1024 * 1024;

export type BorgCommand = {
  /** borg's absolute path or its name; or `xargs` with borg as its argument, for paths that are not UTF-8. */
  command: string;
  /** Handed over as they are, never through a shell. Put `--` before names that come from people. */
  args: readonly string[];
  /** Added to PATH, LANG, TZ=UTC and BORG_EXIT_CODES. Never a passphrase: processes of the same account can read it. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Run as this account, without supplementary groups (root only). */
  account?: { uid: number; gid: number };
  /** Reaches borg through an inherited descriptor (BORG_PASSPHRASE_FD), so neither `ps` nor /proc show it. */
  passphrase?: string;
  stdin?: Uint8Array;
  /** Is given stdin to write to and end, as long as it takes, in place of `stdin`. Ending it early is the writer's responsibility. */
  onStdin?: (stdin: Writable) => void;
  /** Called with every piece of stdout; without it stdout is collected, at most 64 MB. */
  onStdout?: (chunk: Buffer) => void;
  /** Is given stdout to read at its own pace, in place of `onStdout`; it must read to the end or destroy it. */
  onStdoutStream?: (stdout: Readable) => void;
  /** Called with every line of stderr, progress included. */
  onLog?: (line: BorgLogLine) => void;
  /** Asked after each piece of stderr: until the promise resolves no more is read, and borg waits with its next lines. */
  whenBehind?: () => Promise<void> | null;
  onStart?: (pid: number) => void;
  /** After this long the process group is ended and `stopped` says so. Null: no limit. */
  limitSeconds: number | null;
  /** Aborting ends the whole process group: SIGTERM (borg drops its lock), then SIGKILL. */
  signal?: AbortSignal;
};

export type BorgEnd = {
  /** Null when a signal ended it. */
  exitCode: number | null;
  killedBy: NodeJS.Signals | null;
  /** Why we ended it, or null when it ended by itself. */
  stopped: "cancelled" | "timed-out" | "output-too-long" | null;
  stdout: Buffer;
  /** stderr without progress lines, bounded: the oldest are dropped. */
  log: BorgLogLine[];
};

/** borg (or the command around it) could not be started at all. */
export class BorgNotStarted extends Error {}

/**
 * The only place that starts borg. stdout and stderr never mix; what comes back is only facts, `problemOf` (messages.ts) says what
 * they mean. Resolves when the process has ended and its pipes are closed; rejects with `BorgNotStarted` when there is no such program.
 * A process group of its own, so a stop also reaches the ssh that borg started.
 */
export function runBorg(run: BorgCommand): Promise<BorgEnd> {
  return new Promise((resolve, reject) => {
    if (run.signal?.aborted) {
      resolve({ exitCode: null, killedBy: null, stopped: "cancelled", stdout: Buffer.alloc(0), log: [] });
      return;
    }
    const child = start(run);
    let stopped: BorgEnd["stopped"] = null;
    const stop = groupStopper(child);
    const end = (why: BorgEnd["stopped"]) => {
      stopped ??= why;
      stop();
    };
    const onAbort = () => end("cancelled");
    run.signal?.addEventListener("abort", onAbort, { once: true });
    const limit =
      run.limitSeconds === null ? undefined : setTimeout(() => end("timed-out"), run.limitSeconds * 1000);

    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    if (run.onStdoutStream && child.stdout) run.onStdoutStream(child.stdout);
    else
      child.stdout?.on("data", (chunk: Buffer) => {
        if (run.onStdout) return run.onStdout(chunk);
        stdoutBytes += chunk.length;
        if (stdoutBytes > MAX_STDOUT_BYTES) return end("output-too-long");
        stdout.push(chunk);
      });
    const log: BorgLogLine[] = [];
    const lines = splitLines(MAX_LOG_LINE_BYTES, (text) => {
      const line = parseLogLine(text);
      run.onLog?.(line);
      if (isProgress(line)) return;
      log.push(line);
      if (log.length > KEPT_LOG_LINES) log.shift();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      lines.push(chunk);
      const behind = run.whenBehind?.();
      if (!behind) return;
      child.stderr?.pause();
      void behind.finally(() => child.stderr?.resume());
    });

    const cleanUp = () => {
      clearTimeout(limit);
      stop.done();
      run.signal?.removeEventListener("abort", onAbort);
    };
    child.once("error", (cause) => {
      cleanUp();
      reject(new BorgNotStarted(`${run.command} could not be started: ${cause.message}`, { cause }));
    });
    child.once("close", (exitCode, killedBy) => {
      cleanUp();
      lines.end();
      resolve({ exitCode, killedBy, stopped, stdout: Buffer.concat(stdout), log });
    });
    if (child.pid !== undefined) run.onStart?.(child.pid);
  });
}

function start(run: BorgCommand): ChildProcess {
  const withPassphrase = run.passphrase !== undefined;
  const child = spawn(run.command, run.args, {
    cwd: run.cwd ?? "/",
    detached: true,
    shell: false,
    ...run.account,
    stdio: [run.stdin || run.onStdin ? "pipe" : "ignore", "pipe", "pipe", withPassphrase ? "pipe" : "ignore"],
    // From nothing, not from process.env (whose type in a Next project also demands NODE_ENV).
    env: Object.assign(Object.create(null), {
      PATH: SEARCH_PATH,
      LANG: "C.UTF-8",
      TZ: "UTC",
      // borg 1.2 ignores it; 1.4 then tells its errors apart. Messages decide, the code is a fallback.
      BORG_EXIT_CODES: "modern",
      ...(withPassphrase ? { BORG_PASSPHRASE_FD: "3" } : {}),
      ...run.env,
    }),
  });
  if (run.onStdin && child.stdin) run.onStdin(child.stdin);
  else feed(child.stdin, run.stdin);
  const secret = child.stdio[3];
  if (secret && "end" in secret) feed(secret, run.passphrase);
  return child;
}

/** Writes everything and closes. A process that ends before it read all of it is judged by its end, not by this pipe. */
function feed(pipe: NodeJS.WritableStream | null, data: Uint8Array | string | undefined) {
  if (!pipe || data === undefined) return;
  pipe.on("error", () => undefined);
  pipe.end(data);
}

function groupStopper(child: ChildProcess) {
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    if (kill) return;
    signalGroup(child, "SIGTERM");
    kill = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_GRACE_SECONDS * 1000);
  };
  return Object.assign(stop, { done: () => clearTimeout(kill) });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: the group is gone, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
