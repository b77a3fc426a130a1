import { lstat } from "node:fs/promises";

/** Whether something of that name exists, whatever it is; a link counts itself. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
