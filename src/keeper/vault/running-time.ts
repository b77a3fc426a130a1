import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";
import { Turns } from "../turns";
import { writeAtomically } from "../write-atomically";

const counted = z.object({ bootId: z.string(), upSeconds: z.number(), seconds: z.number() });

/** Where a test's machine and the real one differ. */
export type MachineClock = () => Promise<{ bootId: string; upSeconds: number }>;

/** One after the other: they share a file. */
const turns = new Turns();

/** Written again after this long, so that a power cut takes little of the count. */
const WRITE_EVERY_SECONDS = 60;

/**
 * Seconds that this machine has run in all, as far as we can prove: counted by the kernel's clock that nobody can set (CLOCK_BOOTTIME) and
 * kept in `keeper/running-time.json`. Time while it was off, and the last minutes before it, are not counted: a window that is measured
 * by it gets longer, never shorter.
 */
export function runningSeconds(paths: StoragePaths, clock: MachineClock = readMachine): Promise<number> {
  const path = join(paths.keeper, "running-time.json");
  return turns.take(async () => {
    const { bootId, upSeconds } = await clock();
    const last = await readCounted(path);
    const sameBoot = last?.bootId === bootId;
    const more = last && sameBoot ? upSeconds - last.upSeconds : upSeconds;
    const seconds = (last?.seconds ?? 0) + (last ? Math.max(0, more) : 0);
    if (!last || !sameBoot || more >= WRITE_EVERY_SECONDS)
      await writeAtomically(path, `${JSON.stringify({ bootId, upSeconds, seconds })}\n`, 0o600);
    return seconds;
  });
}

async function readCounted(path: string) {
  try {
    return counted.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function readMachine() {
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  return { bootId, upSeconds: uptime() };
}
