import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** Where programs of the machine are looked for; the agent's own environment never reaches them. */
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin";
/** Seconds between the polite signal and SIGKILL. */
const STOP_GRACE_SECONDS = 10;
/** Characters of stderr that are kept for the words of a failure: the end says why. */
const KEPT_COMPLAINT = 2000;

export type Account = { uid: number; gid: number };

export type ProgramRun = {
  command: string;
  /** Handed over as they are, never through a shell. */
  args: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  /** Run as this account, without supplementary groups (root only). */
  account?: Account | null | undefined;
  /** An open file that the program inherits as descriptor 3: what must not stand in `ps`. */
  secretFd?: number | undefined;
  /** Is given stdin to write to and end; absent: there is none. */
  onStdin?: ((stdin: Writable) => void) | undefined;
  /** Called with every line of stderr, and of stdout unless that is taken as a stream. */
  onLine?: ((line: string) => void) | undefined;
  onStart?: ((pid: number) => void) | undefined;
  signal?: AbortSignal | undefined;
  limitSeconds?: number | undefined;
  /** How long its pipes are read on after it has ended; absent: until they are closed. */
  lingerMs?: number | undefined;
};

export type ProgramEnd = {
  /** Null when a signal ended it, or it could not be started. */
  exitCode: number | null;
  stopped: "cancelled" | "timed-out" | null;
  /** The last words of its stderr, or why it could not be started. */
  complaint: string;
};

/** A program that runs, its stdout to be read, and its end. The end comes only when stdout was read to its end or destroyed. */
export type RunningProgram = { stdout: Readable; end: Promise<ProgramEnd> };

/**
 * Starts a program of this machine in a process group of its own, so that a stop also reaches what it started. `end` never rejects: a
 * program that is not there is told as one that failed.
 */
export function startProgram(run: ProgramRun): RunningProgram {
  const child = spawn(run.command, run.args, {
    cwd: "/",
    detached: true,
    shell: false,
    ...(run.account ?? {}),
    stdio: [run.onStdin ? "pipe" : "ignore", "pipe", "pipe", run.secretFd ?? "ignore"],
    // From nothing, not from process.env (whose type in a Next project also demands NODE_ENV).
    env: Object.assign(Object.create(null), {
      PATH: SEARCH_PATH,
      LANG: "C.UTF-8",
      HOME: "/nonexistent",
      ...run.env,
    }),
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new TypeError("Pipes were asked for.");
  let stopped: ProgramEnd["stopped"] = null;
  const kill = groupStopper(child);
  const stop = (why: ProgramEnd["stopped"]) => {
    stopped ??= why;
    kill.stop();
  };
  const onAbort = () => stop("cancelled");
  run.signal?.addEventListener("abort", onAbort, { once: true });
  if (run.signal?.aborted) onAbort();
  const limit = run.limitSeconds ? setTimeout(() => stop("timed-out"), run.limitSeconds * 1000) : undefined;
  let linger: NodeJS.Timeout | undefined;
  let complaint = "";
  const lines = linesOf(run.onLine);
  stderr.on("data", (part: Buffer) => {
    complaint = (complaint + part.toString("utf8")).slice(-KEPT_COMPLAINT);
    lines.push(part);
  });
  if (child.pid !== undefined) run.onStart?.(child.pid);
  if (child.stdin) run.onStdin?.(child.stdin);
  const end = new Promise<ProgramEnd>((resolve) => {
    const settle = (exitCode: number | null, said: string) => {
      clearTimeout(limit);
      clearTimeout(linger);
      kill.done();
      run.signal?.removeEventListener("abort", onAbort);
      lines.end();
      resolve({ exitCode, stopped, complaint: said.trim() });
    };
    child.once("exit", () => {
      if (run.lingerMs === undefined) return;
      linger = setTimeout(() => {
        stdout.destroy();
        stderr.destroy();
      }, run.lingerMs);
    });
    child.once("error", (error) => {
      stdout.destroy();
      settle(null, `${run.command} could not be started: ${error.message}`);
    });
    child.once("close", (exitCode, killedBy) =>
      settle(exitCode, killedBy === null ? complaint : `${complaint}\nended by ${killedBy}`),
    );
  });
  return { stdout, end };
}

/**
 * Runs a program to its end; its lines of stdout and stderr go to `onLine` as they come. What it left running in the background and still
 * holds its pipes is not waited for.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const lines = linesOf(run.onLine);
  const { stdout, end } = startProgram({ ...run, lingerMs: 1000 });
  stdout.on("data", (part: Buffer) => lines.push(part));
  const ended = await end;
  lines.end();
  return ended;
}

/** Runs a program and answers with its stdout, at most `mostBytes`: more counts as a failure. */
export async function askProgram(
  run: ProgramRun,
  mostBytes = 4 * 1024 * 1024,
): Promise<ProgramEnd & { stdout: Buffer }> {
  const { stdout, end } = startProgram({ limitSeconds: 60, ...run });
  const parts: Buffer[] = [];
  let size = 0;
  stdout.on("data", (part: Buffer) => {
    size += part.length;
    if (size > mostBytes) stdout.destroy();
    else parts.push(part);
  });
  const ended = await end;
  if (size > mostBytes)
    return { ...ended, exitCode: null, complaint: "It printed too much.", stdout: Buffer.alloc(0) };
  return { ...ended, stdout: Buffer.concat(parts) };
}

/** Why a program did not do its work, in words; null when it did. */
export function troubleOf(end: ProgramEnd): string | null {
  if (end.stopped === "timed-out") return "It took longer than it may and was ended.";
  if (end.stopped === "cancelled") return "It was stopped.";
  if (end.exitCode === 0) return null;
  const code = end.exitCode === null ? "It did not end by itself" : `It ended with exit code ${end.exitCode}`;
  return end.complaint === "" ? `${code} and said nothing.` : `${code}: ${end.complaint.slice(-1000)}`;
}

function linesOf(onLine: ((line: string) => void) | undefined) {
  let rest = "";
  const decoder = new TextDecoder();
  return {
    push(part: Buffer) {
      if (!onLine) return;
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = (lines.pop() ?? "").slice(0, 64 * 1024);
      for (const line of lines) if (line.trim() !== "") onLine(line);
    },
    end() {
      if (rest.trim() !== "") onLine?.(rest);
      rest = "";
    },
  };
}

function groupStopper(child: ChildProcess) {
  let timer: NodeJS.Timeout | undefined;
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone, which is what was wanted.
    }
  };
  return {
    stop() {
      if (timer) return;
      signal("SIGTERM");
      timer = setTimeout(() => signal("SIGKILL"), STOP_GRACE_SECONDS * 1000);
    },
    done: () => clearTimeout(timer),
  };
}
