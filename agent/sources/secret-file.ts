import { randomBytes } from "node:crypto";
import { mkdir, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { AgentFolder } from "../agent-folder";
import type { Account } from "../run-program";

/** Where a program finds what it inherits as descriptor 3. */
export const SECRET_PATH = process.platform === "linux" ? "/proc/self/fd/3" : "/dev/fd/3";
/** Numbers of file systems in memory (statfs(2)). */
const TMPFS = [0x01021994, 0x858458f6];

/**
 * Lends a program a file with a secret that has no name: 0600, removed before anything is written into it, in memory where the system has a
 * place for that. The program opens `SECRET_PATH`; neither `ps` nor its environment show it, and a kill -9 leaves nothing.
 */
export async function withSecret<T>(
  folder: AgentFolder,
  secret: { text: string; account: Account | null },
  use: (fd: number) => Promise<T>,
): Promise<T> {
  const place = await placeFor(folder);
  const path = join(place, `.bbs-${randomBytes(12).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  try {
    await rm(path);
    await file.writeFile(secret.text);
    // The program opens it anew, as its own account.
    if (secret.account) await file.chown(secret.account.uid, secret.account.gid);
    return await use(file.fd);
  } finally {
    await file.close();
  }
}

async function placeFor(folder: AgentFolder): Promise<string> {
  for (const place of process.platform === "linux" ? ["/dev/shm", "/run"] : []) {
    try {
      const { type } = await statfs(place);
      if (TMPFS.includes(type) && (process.getuid?.() === 0 || place === "/dev/shm")) return place;
    } catch {
      // Not there: the next one.
    }
  }
  await mkdir(folder.state, { recursive: true, mode: 0o700 });
  return folder.state;
}
