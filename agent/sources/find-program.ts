import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { DumpTrouble } from "./dump";

const FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"];

/** The first of some programs that is there, by its absolute path. Throws DumpTrouble with what to install. */
export async function findProgram(
  names: readonly string[],
  folder: string | null,
  install: string,
): Promise<string> {
  for (const name of names) {
    for (const place of folder === null ? FOLDERS : [folder]) {
      const path = join(place, name);
      const there = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (there) return path;
    }
  }
  throw new DumpTrouble(
    `${names.join(" or ")} is not on this machine${folder ? ` (in ${folder})` : ""}. Install it (Debian: apt-get install ${install}).`,
  );
}
