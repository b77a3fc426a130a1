import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Moves what lies in a repository into its quarantine, without reading it: `to` is there. Where the vault is on another file system it goes
 * beside the repository instead, into a folder that only the keeper enters. Returns where it is now.
 */
export async function setAside(from: string, to: string, repositoryPath: string): Promise<string> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await rename(from, to);
    return to;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
  }
  const beside = join(`${repositoryPath}.quarantine`, basename(dirname(to)), basename(to));
  await mkdir(`${repositoryPath}.quarantine`, { recursive: true, mode: 0o700 });
  await mkdir(dirname(beside), { recursive: true, mode: 0o700 });
  await rename(from, beside);
  return beside;
}
