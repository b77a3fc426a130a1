import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Keeper } from "../keeper";
import { markProcess, signalProcess } from "../processes";

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 30_000;

/**
 * Kills borgs of the server's own that work on a repository: those that an earlier keeper started and left behind, and reads that are under
 * way. They are told by the base folder in their environment, which nothing else uses. Resolves when none is left.
 */
export async function endServerBorgs(keeper: Pick<Keeper, "paths">, repositoryId: string): Promise<void> {
  const mark = `BORG_BASE_DIR=${keeper.paths.borgBase(repositoryId)}`;
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const left = await processesWith(mark);
    if (left.length === 0) return;
    if (waitedMs > PATIENCE_MS) throw new Error(`borg ${left.join(", ")} cannot be ended`);
    for (const pid of left) {
      const process = await markProcess(pid);
      if (process) await signalProcess(process, "SIGKILL");
    }
    await wait(LOOK_AGAIN_MS);
  }
}

/**
 * Kills everything that runs as an account, at once: a program that forks all the time could outrun one signal per process. Only where
 * the keeper is root; without, the client has no account of its own.
 */
export async function endAccount(keeper: Keeper, uid: number): Promise<void> {
  if (!keeper.root) return;
  await new Promise<void>((resolve, reject) => {
    // kill(2) with -1 reaches all processes that this uid may signal: its own, this shell included.
    const killer = spawn("/bin/sh", ["-c", "kill -KILL -1"], { uid, gid: uid, stdio: "ignore", env: bare() });
    killer.once("error", reject);
    killer.once("close", () => resolve());
  });
}

async function processesWith(mark: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Gone, or not ours to read: then it is not the server's borg either.
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return pid !== process.pid && environment.split("\0").includes(mark) ? pid : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

const bare = (): NodeJS.ProcessEnv => Object.assign(Object.create(null), { PATH: "/usr/bin:/bin" });
