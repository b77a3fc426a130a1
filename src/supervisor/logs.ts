import { copyFile, readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";

/** A log that grew to this is moved to `<name>.log.1`; together the last two generations cover months of quiet running. */
const LONGEST_LOG_BYTES = 20 * 1024 * 1024;
const EVERY_MS = 10 * 60_000;

/** Keeps the logs of all programs short, now and then. Their files stay open (for appending), so they are copied and emptied. */
export function trimLogs(data: string): void {
  const folder = join(data, "log");
  const trim = async () => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (!name.endsWith(".log") || (await stat(path)).size < LONGEST_LOG_BYTES) continue;
      await copyFile(path, `${path}.1`);
      await truncate(path);
    }
  };
  setInterval(
    () => void trim().catch((error) => console.error("The logs could not be trimmed:", error)),
    EVERY_MS,
  ).unref();
}
