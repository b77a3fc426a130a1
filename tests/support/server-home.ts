import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where tests keep the data folders of servers. Not below /tmp: sshd (StrictModes) takes no key from below a folder that others may
 * write to, and the supervisor refuses such a place. As root every account may
 * pass through it, and a whole run has it in memory (in-memory.mjs).
 */
export function serverHome(): string {
  const folder =
    process.getuid?.() === 0 ? "/var/cache/bbs-tests/servers" : join(homedir(), ".cache", "bbs-tests");
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}
