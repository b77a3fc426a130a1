import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { processState } from "./process-table";

/**
 * Ends a PostgreSQL that still runs this cluster because its supervisor was killed, and takes away the lock files of one that is gone.
 * PostgreSQL itself trusts any living pid in postmaster.pid, also a zombie that a lazy init has not reaped and a number that another
 * program has by now; so the pid counts only when that process works in this very folder.
 */
export async function endLeftoverPostgres(dataDir: string, socketDir: string): Promise<void> {
  const pidFile = join(dataDir, "postmaster.pid");
  const text = await readFile(pidFile, "utf8").catch(() => null);
  if (text === null) return;
  const pid = Number(text.split("\n")[0]);
  if (await worksIn(pid, dataDir)) {
    for (const [signal, limitMs] of [
      ["SIGINT", 10_000],
      ["SIGQUIT", 5_000],
      ["SIGKILL", 5_000],
    ] as const) {
      process.kill(pid, signal);
      if (await goneWithin(pid, limitMs)) break;
    }
  }
  await rm(pidFile, { force: true });
  await rm(join(socketDir, ".s.PGSQL.5432.lock"), { force: true });
}

async function worksIn(pid: number, dataDir: string): Promise<boolean> {
  const state = await processState(pid);
  if (!state || state.zombie) return false;
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return directory === (await realpath(dataDir));
}

async function goneWithin(pid: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const state = await processState(pid);
    if (!state || state.zombie) return true;
    await wait(20);
  }
  return false;
}
