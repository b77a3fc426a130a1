import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AttackLabRun, attackLabRun } from "~/domain/attack-lab";
import { env } from "~/env";

/** Where the last run is kept: beside the database, not in it, because the lab runs without one and has no key to it. */
function recordIn(dataFolder: string): string {
  return join(dataFolder, "attack-lab.json");
}

/** The last run of the attack lab on this server; null: it never ran here. A record that nobody can read is a fault, not "never". */
export async function readAttackLab(dataFolder: string = env().data): Promise<AttackLabRun | null> {
  const text = await readFile(recordIn(dataFolder), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : attackLabRun.parse(JSON.parse(text));
}

/** Keeps a run for the console, in place of the one before; readers see the one or the other, never half. */
export async function recordAttackLab(run: AttackLabRun, dataFolder: string = env().data): Promise<void> {
  const path = recordIn(dataFolder);
  const text = `${JSON.stringify(attackLabRun.parse(run), null, 1)}\n`;
  await writeFile(`${path}.new`, text, { mode: 0o644 });
  // The console's account is another than the lab's, whatever the umask says.
  await chmod(`${path}.new`, 0o644);
  await rename(`${path}.new`, path);
}
