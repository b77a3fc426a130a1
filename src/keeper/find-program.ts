import { access, constants } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Looked for here and nowhere else: the keeper's own PATH may lead to folders that others can write to. */
const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Absolute path of a program given by name or path; null when it is not there. */
export async function findProgram(name: string): Promise<string | null> {
  for (const path of isAbsolute(name) ? [name] : FOLDERS.map((folder) => join(folder, name))) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}
