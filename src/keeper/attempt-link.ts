import { linkSync } from "node:fs";

/** What "not here" means for a second name: another file system, or one that has none, or no more of them. */
const CANNOT_LINK: ReadonlySet<unknown> = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP"]);

/** Gives a file a second name (a hard link). False: this file system makes none, or not between these two places. */
export function attemptLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && CANNOT_LINK.has(error.code)) return false;
    throw error;
  }
}
