import { chmod, lchown, lstat, readdir, unlink } from "node:fs/promises";
import { SLASH } from "./pinned-folder";

/**
 * Gives everything in a private folder to this account, with the modes that its new files get (0600, and 0700 for folders and what could be run). Devices and the
 * like are removed and told. Nobody else may reach the folder: names are followed.
 */
export async function makePlain(
  folder: Buffer,
  onRemoved: (path: Buffer) => void,
  path = Buffer.alloc(0),
): Promise<void> {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const usual = 0o777 & ~process.umask();
  for (const name of await readdir(folder, { encoding: "buffer" })) {
    const item = Buffer.concat([folder, SLASH, name]);
    const here = path.length === 0 ? name : Buffer.concat([path, SLASH, name]);
    const found = await lstat(item);
    if (found.isSymbolicLink()) {
      await lchown(item, uid, gid);
    } else if (found.isDirectory() || found.isFile()) {
      if (uid === 0) await lchown(item, uid, gid);
      const mayRun = found.isDirectory() || (found.mode & 0o100) !== 0;
      await chmod(item, mayRun ? usual : usual & 0o666);
      if (found.isDirectory()) await makePlain(item, onRemoved, here);
    } else {
      await unlink(item);
      onRemoved(here);
    }
  }
}
