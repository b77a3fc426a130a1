import { chownSync, constants, fstatSync } from "node:fs";
import { chmod, chown, copyFile, lstat, mkdir, open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { attemptLink } from "../attempt-link";
import type { Breather } from "../vault/breather";

/**
 * Makes a folder with the same content beside another one. Segments get a second name where the file system gives one: borg writes a repaired
 * segment as a new file and takes its old name away, so the old file stays what it was. Everything else, and segments where there are no
 * hard links, is copied. Owners and rights are the same. Links and other odd things that a client made are left behind.
 */
export async function giveSecondNames(from: string, to: string, breather: Breather): Promise<void> {
  const found = await lstat(from);
  await mkdir(to, { mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await giveSecondNames(source, target, breather);
    else if (entry.isFile() && !(isSegment(source) && attemptLink(source, target)))
      await copyAsIs(source, target);
    if (breather.isOverdue()) await breather.rest();
  }
  if (process.getuid?.() === 0) await chown(to, found.uid, found.gid);
  await chmod(to, found.mode & 0o7777);
}

/** By its name: a number, in a numbered folder or among the vault's segments. */
const isSegment = (path: string) =>
  /^\d+$/.test(basename(path)) && /^(?:\d+|segments)$/.test(basename(join(path, "..")));

async function copyAsIs(source: string, target: string): Promise<void> {
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file.fd);
    await copyFile(`/proc/self/fd/${file.fd}`, target, constants.COPYFILE_FICLONE);
    if (process.getuid?.() === 0) chownSync(target, found.uid, found.gid);
    const copy = await open(target, "r");
    try {
      await copy.chmod(found.mode & 0o7777);
      await copy.utimes(found.atime, found.mtime);
      await copy.sync();
    } finally {
      await copy.close();
    }
  } finally {
    await file.close();
  }
}
