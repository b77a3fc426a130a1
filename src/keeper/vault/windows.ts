import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { windowIsOver } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { Turns } from "../turns";
import { writeAtomically } from "../write-atomically";
import { runningSeconds } from "./running-time";

/** What waits: an archive in the trash, a seal from before a compaction, looser rules, the deletion of it all. */
export type WindowKey = `trash:${string}` | `seal:${number}` | "rules" | "delete";

const windows = z.record(z.string(), z.number());

const turns = new Turns();

/**
 * Notes the running time at which windows begin, in `vault/<id>/windows.json`, beside the wall clock's time that the record of each holds.
 * Write it before that record; one that begins anew replaces the old one. `keep` says which of the others are still wanted.
 */
export function openWindows(
  keeper: Keeper,
  repositoryId: string,
  keys: readonly WindowKey[],
  keep: (key: string) => boolean = () => true,
): Promise<void> {
  return turns.take(async () => {
    const seconds = await runningSeconds(keeper.paths);
    const now = await readWindows(keeper, repositoryId);
    const next = Object.fromEntries([
      ...Object.entries(now).filter(([key]) => keep(key)),
      ...keys.map((key) => [key, seconds] as const),
    ]);
    await mkdir(keeper.paths.vault(repositoryId), { recursive: true, mode: 0o700 });
    await writeAtomically(pathOf(keeper, repositoryId), `${JSON.stringify(next)}\n`, 0o600);
  });
}

/**
 * Asks of windows whether they are over, by the wall clock and by the running time. One whose beginning was never noted counts from now on,
 * so it is not over unless it has no length.
 */
export async function closedWindows(
  keeper: Keeper,
  repositoryId: string,
): Promise<(key: WindowKey, since: string, days: number) => boolean> {
  const [seconds, noted] = [await runningSeconds(keeper.paths), await readWindows(keeper, repositoryId)];
  const now = keeper.now();
  return (key, since, days) =>
    windowIsOver({ since: new Date(since), now, ranSeconds: seconds - (noted[key] ?? seconds), days });
}

const pathOf = (keeper: Keeper, repositoryId: string) =>
  join(keeper.paths.vault(repositoryId), "windows.json");

async function readWindows(keeper: Keeper, repositoryId: string): Promise<Record<string, number>> {
  try {
    return windows.parse(JSON.parse(await readFile(pathOf(keeper, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}
