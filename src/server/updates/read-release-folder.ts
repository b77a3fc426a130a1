import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GivenRelease } from "./take-in-release";

/** What the release in a folder says of itself; null where manifest or signature are missing. */
export async function readReleaseFolder(folder: string): Promise<GivenRelease | null> {
  const manifest = await readIfThere(join(folder, "manifest.json"));
  const signatures = await readIfThere(join(folder, "manifest.sig"));
  return manifest && signatures ? { manifest, signatures } : null;
}

export async function readIfThere(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
