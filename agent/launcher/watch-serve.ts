import { type ChildProcess, spawn } from "node:child_process";
import { pause } from "../backoff";
import { LIMITS } from "./limits";
import { memoryOf } from "./memory-of";

/** How often a new version is looked at. */
const LOOK_MS = 250;
const LAST_WORDS_MS = 500;
/** Characters of what it printed that are kept for the words of a failure. */
const KEPT = 4000;

export type ServeEnd = {
  exitCode: number | null;
  killedBy: NodeJS.Signals | null;
  /** Why we ended it; null: it ended by itself, or because the launcher is to stop. */
  broke: "hung" | "out-of-memory" | null;
  /** Its last words. */
  tail: string;
};

/**
 * Runs `serve` of one version to its end. Its words go on to the service's log. `confirmed` is asked from time to time until it says yes;
 * until then the limits of time and memory hold. When `stop` fires it is asked to end, and gets the time that it needs.
 */
export async function watchServe(
  file: string,
  dir: string,
  confirmed: () => Promise<boolean>,
  stop: AbortSignal,
): Promise<ServeEnd> {
  const child = spawn(process.execPath, [file, "serve", "--dir", dir], {
    // The channel tells it when the launcher is gone: then it ends too, and does not stand in the way of the next one.
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  const over = new AbortController();
  const askToStop = () => {
    over.abort();
    child.kill("SIGTERM");
  };
  if (stop.aborted) askToStop();
  stop.addEventListener("abort", askToStop, { once: true });
  let tail = "";
  child.stderr?.on("data", (part: Buffer) => {
    process.stderr.write(part);
    tail = (tail + part.toString("utf8")).slice(-KEPT);
  });
  const limits = watchLimits(child, confirmed, over.signal);
  const [exitCode, killedBy] = await endOf(child, (text) => {
    tail += text;
  });
  over.abort();
  stop.removeEventListener("abort", askToStop);
  return { exitCode, killedBy, broke: await limits, tail };
}

function endOf(
  child: ChildProcess,
  say: (text: string) => void,
): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      say(`It could not be started: ${error.message}`);
      resolve([null, null]);
    });
    // Its last words come by "close", which what it started may hold up for long.
    child.once("exit", (exitCode, killedBy) =>
      setTimeout(() => resolve([exitCode, killedBy]), LAST_WORDS_MS),
    );
    child.once("close", (exitCode, killedBy) => resolve([exitCode, killedBy]));
  });
}

/** Ends a version that is over a limit before it is confirmed; answers which limit, or null. */
async function watchLimits(
  child: ChildProcess,
  confirmed: () => Promise<boolean>,
  over: AbortSignal,
): Promise<ServeEnd["broke"]> {
  // A clock that stands still while the machine sleeps.
  const until = performance.now() + LIMITS.confirmSeconds * 1000;
  while (!over.aborted && child.pid !== undefined && !(await confirmed())) {
    const broke =
      (await memoryOf(child.pid)) > LIMITS.memoryBytes
        ? "out-of-memory"
        : performance.now() > until
          ? "hung"
          : null;
    if (broke !== null && !over.aborted) {
      child.kill("SIGKILL");
      return broke;
    }
    await pause(LOOK_MS, over);
  }
  return null;
}
