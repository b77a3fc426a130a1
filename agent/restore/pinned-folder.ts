import { constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";

/** A folder held open: `path` leads to it whatever becomes of its name, where the system has such paths (Linux). */
export interface PinnedFolder {
  handle: FileHandle;
  path: string;
  /** Its name when it was opened, for people. */
  real: string;
}

const isLinux = process.platform === "linux";

/**
 * Opens a folder that `real` names without a link on the way, and holds it. Null: it is another one, or none, by now. The caller closes it.
 */
export async function pinFolder(real: string): Promise<PinnedFolder | null> {
  const handle = await openFolder(real);
  if (handle === null) return null;
  const path = isLinux ? `/proc/self/fd/${handle.fd}` : real;
  if (isLinux && (await readlink(path)) !== real) {
    await handle.close();
    return null;
  }
  return { handle, path, real };
}

/** Opens a folder below a held one, by its name there. Null: there is none of that name, or it is a link or a file. */
export async function openBelow(
  folder: Buffer,
  name: Buffer,
): Promise<{ handle: FileHandle; path: Buffer } | null> {
  const plain = Buffer.concat([folder, SLASH, name]);
  const handle = await openFolder(plain);
  if (handle === null) return null;
  return { handle, path: isLinux ? Buffer.from(`/proc/self/fd/${handle.fd}`) : plain };
}

export const SLASH = Buffer.from("/");

async function openFolder(path: string | Buffer): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && NO_FOLDER.has(String(error.code))) return null;
    throw error;
  }
}

const NO_FOLDER = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);
