import type { ChildProcess } from "node:child_process";
import { removePidFile, writePidFile } from "./pid-files";
import { descendantsOf } from "./process-table";
import { StartRefusal } from "./refuse-start";

/** One program under the supervisor. */
export interface Program {
  name: string;
  /** Starts it and answers when it does its work; throws when it could not. */
  launch(): Promise<ChildProcess>;
  /** The last thing it said, for the message about its end. */
  lastWords(): Promise<string>;
  stopSignal: NodeJS.Signals;
  /** After so long without an end it is killed. */
  stopLimitMs: number;
  /** Ends what the program itself started as well (sshd's sessions outlive sshd). */
  endDescendants?: boolean;
}

export interface Supervised {
  name: string;
  stop(): Promise<void>;
}

/** Waits between restarts. */
export interface Waits {
  firstMs: number;
  longestMs: number;
  /** A program that ran so long had started well: the next end is a new story and waits from the beginning. */
  stableMs: number;
}

/** The first restart comes at once for a person's eye, the longest wait leaves a broken machine in peace. */
const WAITS: Waits = { firstMs: 200, longestMs: 30_000, stableMs: 60_000 };

/**
 * Starts a program and keeps it running until `stop`. Throws when the first start fails. When it ends by itself, the reason is said
 * once; the same reason is not repeated while restarts go on failing, and the return is said, too. Other waits are only given by tests.
 */
export async function supervise(
  program: Program,
  data: string,
  say: (line: string) => void,
  { firstMs, longestMs, stableMs }: Waits = WAITS,
): Promise<Supervised> {
  let child: ChildProcess | null = await firstLaunch(program);
  let stopping = false;
  let waitMs = firstMs;
  let lastReason: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let relaunch: Promise<void> = Promise.resolve();
  await watch(child);
  return { name: program.name, stop };

  async function watch(running: ChildProcess): Promise<void> {
    const startedAt = Date.now();
    const over = () => {
      if (stopping || child !== running) return;
      child = null;
      if (Date.now() - startedAt > stableMs) {
        waitMs = firstMs;
        lastReason = null;
      }
      void ended(running);
    };
    if (running.exitCode !== null || running.signalCode !== null) return over();
    running.once("exit", over);
    if (running.pid) await writePidFile(data, program.name, running.pid);
  }

  async function ended(gone: ChildProcess): Promise<void> {
    tell(
      gone.signalCode
        ? `was ended by ${gone.signalCode}`
        : `ended with code ${gone.exitCode}: ${await program.lastWords()}`,
    );
    again();
  }

  function tell(reason: string): void {
    if (reason === lastReason) return;
    lastReason = reason;
    say(`${program.name} ${reason}. Starting it again.`);
  }

  function again(): void {
    if (stopping) return;
    timer = setTimeout(() => {
      relaunch = launchAgain();
    }, waitMs);
    waitMs = Math.min(waitMs * 2, longestMs);
  }

  async function launchAgain(): Promise<void> {
    try {
      child = await program.launch();
    } catch (error) {
      tell(`cannot start: ${error instanceof Error ? error.message : String(error)}`);
      return again();
    }
    say(`${program.name} runs again.`);
    await watch(child);
  }

  async function stop(): Promise<void> {
    stopping = true;
    clearTimeout(timer);
    await relaunch;
    const running = child;
    if (running && running.exitCode === null && running.signalCode === null) {
      const below = program.endDescendants && running.pid ? await descendantsOf(running.pid) : [];
      const gone = new Promise<void>((resolve) => running.once("exit", () => resolve()));
      running.kill(program.stopSignal);
      const limit = setTimeout(() => running.kill("SIGKILL"), program.stopLimitMs);
      await gone;
      clearTimeout(limit);
      for (const pid of below) signalIfThere(pid);
    }
    await removePidFile(data, program.name);
  }
}

async function firstLaunch(program: Program): Promise<ChildProcess> {
  try {
    return await program.launch();
  } catch (cause) {
    if (cause instanceof StartRefusal) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new StartRefusal(`${program.name} cannot start: ${said}`, { cause });
  }
}

function signalIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It ended together with its parent.
  }
}
