import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";

/** Sum of the files' sizes; links are not followed, and files that vanish meanwhile are not counted. */
export const repositorySize: Verb<"repository-size"> = async (keeper, { clientId, repositoryId }, signal) => {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const sum = { bytes: 0, files: 0 };
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entry of await opendir(folder)) {
      if (signal.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
      const full = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(full);
      else if (entry.isFile()) {
        const found = await lstat(full).catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return null;
          throw error;
        });
        if (found) {
          sum.bytes += found.size;
          sum.files += 1;
        }
      }
    }
  }
  return sum;
};
