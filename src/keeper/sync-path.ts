import { open } from "node:fs/promises";

/** Makes what was written survive a power cut: a file's content, or a folder's names (what was renamed, made or removed there). */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
