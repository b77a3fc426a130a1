import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DAY_MS, windowIsOver } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { runningSeconds } from "../vault/running-time";
import { writeAtomically } from "../write-atomically";

/** As long as a deletion's shortest grace: until then a person can have the old state back. */
export const KEPT_DAYS = 7;

const keptRecord = z.object({
  clientId: z.string(),
  repositoryId: z.string(),
  why: z.enum(["moved", "before-repair"]),
  keptAt: z.string(),
  days: z.number().int().nonnegative(),
  /** The machine's running time when it began. */
  ranSeconds: z.number(),
});
export type KeptRecord = z.output<typeof keptRecord>;

type Parts = Pick<Keeper, "paths" | "locations" | "now">;

/** Name of the folder for what is kept of a repository from now on. */
export const nameKept = (repositoryId: string, now: Date) =>
  `${repositoryId}-${now.toISOString().replaceAll(":", "-")}`;

/**
 * Begins to keep something: makes its folder, which only root enters, and writes down since when. Before anything is put in. May run
 * twice; the first time counts. Returns the folder.
 */
export async function beginKeeping(
  parts: Parts,
  root: string,
  name: string,
  kept: Pick<KeptRecord, "clientId" | "repositoryId" | "why">,
): Promise<string> {
  const folder = join(parts.paths.keptAt(root), name);
  await mkdir(parts.paths.keptAt(root), { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readKept(folder)) === null) {
    const { clientId, repositoryId, why } = kept;
    const record: KeptRecord = {
      ...{ clientId, repositoryId, why, keptAt: parts.now().toISOString(), days: KEPT_DAYS },
      ranSeconds: await runningSeconds(parts.paths),
    };
    await writeAtomically(join(folder, "kept.json"), `${JSON.stringify(record)}\n`, 0o600);
  }
  return folder;
}

/** Until when it is kept, by the wall clock. */
export const keptUntil = (keptAt: string) => new Date(Date.parse(keptAt) + KEPT_DAYS * DAY_MS).toISOString();

/**
 * Removes what was kept long enough by the wall clock and by the machine's running time. `isWanted`: something still needs it, whatever its
 * age. `before`: comes before it is removed. What cannot be removed is tried again the next time.
 */
export async function sweepKept(
  parts: Parts,
  isWanted: (kept: KeptRecord, name: string) => Promise<boolean>,
  before: (kept: KeptRecord, name: string) => Promise<void>,
): Promise<void> {
  const seconds = await runningSeconds(parts.paths);
  for (const { root } of parts.locations.usable()) {
    for (const name of await namesIn(parts.paths.keptAt(root))) {
      const folder = join(parts.paths.keptAt(root), name);
      try {
        const kept = await readKept(folder);
        if (kept === null || (await isWanted(kept, name))) continue;
        const ranSeconds = seconds - kept.ranSeconds;
        const isOver = windowIsOver({
          ...{ since: new Date(kept.keptAt), now: parts.now() },
          ...{ ranSeconds, days: kept.days },
        });
        if (!isOver) continue;
        await before(kept, name);
        await rm(folder, { recursive: true, force: true });
      } catch (error) {
        console.error(`what is kept in ${folder} could not be removed:`, error);
      }
    }
  }
}

/** Null: nothing was begun there. */
async function readKept(folder: string): Promise<KeptRecord | null> {
  try {
    return keptRecord.parse(JSON.parse(await readFile(join(folder, "kept.json"), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
