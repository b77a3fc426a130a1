import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { processState } from "./process-table";
import { StartRefusal } from "./refuse-start";

/** Who runs what, in `run/<name>.pid`: pid and start time, which together name one process also after the pid was used again. */
const fileOf = (data: string, name: string) => join(data, "run", `${name}.pid`);

export async function writePidFile(data: string, name: string, pid: number): Promise<void> {
  const state = await processState(pid);
  if (state) await writeFile(fileOf(data, name), `${pid} ${state.startTicks}\n`, { mode: 0o644 });
}

export async function removePidFile(data: string, name: string): Promise<void> {
  await rm(fileOf(data, name), { force: true });
}

/** Refuses when another supervisor runs on this data folder; else notes that it is this process. */
export async function claimDataFolder(data: string): Promise<void> {
  const pid = await livingPid(data, "supervisor");
  if (pid !== null && pid !== process.pid) {
    throw new StartRefusal(
      `Borg Backup Server already runs on ${data} (process ${pid}). Stop that one first, or set BBS_DATA to another folder.`,
    );
  }
  await writePidFile(data, "supervisor", process.pid);
}

/**
 * Ends what a killed supervisor left behind, in the given order. Answers the names of those that were still there.
 * A process that merely has the number of one of ours by now is left alone.
 */
export async function endLeftovers(data: string, names: readonly string[]): Promise<string[]> {
  const ended: string[] = [];
  for (const name of names) {
    const pid = await livingPid(data, name);
    if (pid !== null) {
      await endProcess(pid, 5_000);
      ended.push(name);
    }
    await removePidFile(data, name);
  }
  return ended;
}

/** SIGTERM, and SIGKILL when it is still there after `limitMs`. */
export async function endProcess(pid: number, limitMs: number): Promise<void> {
  for (const [signal, patience] of [
    ["SIGTERM", limitMs],
    ["SIGKILL", 2_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone meanwhile.
      return;
    }
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const state = await processState(pid);
      if (!state || state.zombie) return;
      await wait(20);
    }
  }
}

async function livingPid(data: string, name: string): Promise<number | null> {
  const text = await readFile(fileOf(data, name), "utf8").catch(() => "");
  const [pid, startTicks] = text.trim().split(" ");
  const state = await processState(Number(pid));
  return state && !state.zombie && state.startTicks === startTicks ? Number(pid) : null;
}
