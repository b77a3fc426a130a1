import { constants } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  type FileHandle,
  open,
  readdir,
  readFile,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { ClientAccounts } from "../clients";
import { syncPath } from "../sync-path";
import { safeNonce } from "./safe-nonce";

/**
 * Puts a seal's `config`, README, index, hints and integrity into a new repository folder, with their owners, and a nonce that was never
 * used. Without a sealed index borg reads all segments once, at the next access.
 */
export async function restoreSmallFiles(given: {
  seal: string;
  transaction: number;
  /** The folder that is there now, for its nonce. */
  old: string;
  stage: string;
  /** Null where the keeper is not root. */
  accounts: ClientAccounts | null;
}): Promise<void> {
  const { seal, transaction, old, stage, accounts } = given;
  const sealed = new Set(await readdir(seal));
  const put = async (name: string, owner: "vault" | "serve") => {
    const target = join(stage, name);
    if (accounts) await chown(target, accounts[owner].uid, accounts[owner].gid);
    await chmod(target, accounts ? 0o640 : 0o600);
    await syncPath(target);
  };
  for (const name of ["config", "README"]) {
    if (!sealed.has(name)) continue;
    await copyFile(join(seal, name), join(stage, name));
    await put(name, "vault");
  }
  for (const name of ["index", "hints", "integrity"].map((kind) => `${kind}.${transaction}`)) {
    if (!sealed.has(name)) continue;
    await copyFile(join(seal, name), join(stage, name), constants.COPYFILE_FICLONE);
    await put(name, "serve");
  }
  const before = sealed.has("nonce") ? await readFile(join(seal, "nonce"), "latin1") : null;
  await writeFile(join(stage, "nonce"), safeNonce(before, await readNonce(join(old, "nonce"))));
  await put("nonce", "serve");
}

/** The client's account can put anything there. Null: not a file that can be read. */
export async function readNonce(path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
  try {
    const bytes = Buffer.alloc(64);
    if (!(await file.stat()).isFile()) return null;
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}
