import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Resolves when everything on the file system of a folder is on disk. */
export async function syncFileSystem(folder: string): Promise<void> {
  await run("sync", ["-f", "--", folder]);
}
