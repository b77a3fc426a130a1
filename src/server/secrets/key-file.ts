import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { env } from "~/env";
import { type AppKey, readAppKeys } from "./app-key";

/** Where the keys are kept when APP_KEY does not come from the environment. `npm start` makes it. */
export function keyFilePath(): string {
  return `${env().data}/secrets/app-key`;
}

/** The keys in that file as APP_KEY has them; null when there is none. */
export async function readKeyFile(): Promise<string | null> {
  try {
    return (await readFile(keyFilePath(), "utf8")).trim() || null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A new key as APP_KEY wants it. */
export const newAppKey = () => randomBytes(32).toString("base64");

/** Puts a new newest key before those of the file, and answers it. The programs take it at their next start. */
export async function addToKeyFile(known: string): Promise<AppKey> {
  const keys = `${newAppKey()},${known}`;
  const [newest] = readAppKeys(keys);
  await replaceKeyFile(keys);
  return newest;
}

/** Takes a key out of the file. The caller has seen that nothing is sealed with it. */
export async function dropFromKeyFile(known: string, keyId: string): Promise<void> {
  const left = readAppKeys(known).filter((key) => key.id !== keyId);
  await replaceKeyFile(left.map((key) => key.bytes.toString("base64")).join(","));
}

/** As a whole or not at all: whoever loses this file loses every secret in the database. Stays its owner's. */
async function replaceKeyFile(keys: string): Promise<void> {
  const path = keyFilePath();
  const before = await open(path, "r");
  const { uid, gid } = await before.stat().finally(() => before.close());
  const fresh = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.chown(uid, gid);
      await file.writeFile(`${keys}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), "r");
  await folder.sync().finally(() => folder.close());
}
