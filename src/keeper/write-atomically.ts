import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { syncPath } from "./sync-path";

/** Replaces a file as one step that also survives a power cut: readers see the old or the new content, never half of it. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncPath(dirname(path));
}
