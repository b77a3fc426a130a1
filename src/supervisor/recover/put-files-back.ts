import { existsSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NODE_FILES } from "~/keeper/self-backup/node-files";
import { readSealed } from "~/keeper/self-backup/read-sealed";

/** Files an admin writes: one that is there already says more about this machine than the copy. */
const LEFT_ALONE = new Set(["locations.json"]);

/** Writes the files of a self-backup where they belong. A name that is not in NODE_FILES is passed over: no path comes out of the file. */
export async function putFilesBack(path: string, key: Buffer, data: string): Promise<void> {
  let file: FileHandle | null = null;
  const close = async () => {
    await file?.sync();
    await file?.close();
    file = null;
  };
  try {
    for await (const { kind, content } of readSealed(path, key)) {
      if (kind === "bytes") await file?.appendFile(content);
      else await close();
      if (kind === "file") file = await begin(content.toString("utf8"), data);
    }
  } finally {
    await close();
  }
}

async function begin(name: string, data: string): Promise<FileHandle | null> {
  const known = NODE_FILES.get(name);
  const target = join(data, name);
  if (!known || (LEFT_ALONE.has(name) && existsSync(target))) return null;
  // The programs give folders their own modes when they start.
  await mkdir(dirname(target), { recursive: true, mode: 0o711 });
  const file = await open(target, "w", known.mode);
  await file.chmod(known.mode);
  return file;
}
