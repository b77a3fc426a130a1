import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Why a file that the policy names must not be run or read as ours, or null: somebody else could have put it there. It and every folder
 * above it must belong to root or to the agent's account, and nobody else may write to them; a folder with the sticky bit (/tmp) may stand
 * above, because there nobody can exchange another one's file. Links are followed first, and the real path is the one to use.
 */
export async function readTrusted(
  path: string,
): Promise<{ path: string; why: null } | { path: null; why: string }> {
  let real: string;
  try {
    real = await realpath(path);
  } catch {
    return { path: null, why: `${path} is not there` };
  }
  const own = process.getuid?.() ?? 0;
  for (let at = real; ; at = dirname(at)) {
    const found = await stat(at);
    if (at === real && !found.isFile()) return { path: null, why: `${path} is not a file` };
    if (found.uid !== 0 && found.uid !== own) return { path: null, why: `${at} belongs to another account` };
    const sticky = at !== real && (found.mode & 0o1000) !== 0;
    if ((found.mode & 0o022) !== 0 && !sticky) {
      return { path: null, why: `${at} can be written by other accounts` };
    }
    if (at === "/") return { path: real, why: null };
  }
}
