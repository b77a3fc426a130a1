import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { StoragePaths } from "./paths";
import { writeAtomically } from "./write-atomically";

/** The programs behind the forced command, and what reads archives. All must be readable for every account of a client. */
export type ClientPrograms = { node: string; gate: string; reader: string };

/**
 * One line of authorized_keys (sshd(8)): the key may do nothing but run the gate for this client. `restrict` takes away terminals,
 * every forwarding and user rc files, also the kinds that later OpenSSH versions add.
 */
export function renderKeyLine(
  program: ClientPrograms,
  data: string,
  clientId: string,
  sshPublicKey: string,
): string {
  const command = [program.node, program.gate, clientId, data].map(quote).join(" ");
  return `restrict,command="${command}" ${sshPublicKey} bbs-${clientId}\n`;
}

/** Replaces what the account's key file says, at once and as a whole. Root-owned and readable, because sshd reads it as the account. */
export async function writeAuthorizedKeys(
  paths: StoragePaths,
  account: string,
  lines: readonly string[],
): Promise<void> {
  await writeAtomically(join(paths.authorizedKeys, account), lines.join(""), 0o644);
}

export async function removeAuthorizedKeys(paths: StoragePaths, account: string): Promise<void> {
  await rm(join(paths.authorizedKeys, account), { force: true });
}

/** The line passes two readers, sshd's quoted option and /bin/sh: paths with their special characters are refused, not escaped twice. */
function quote(word: string): string {
  if (!/^[\w ./@+,:=~-]+$/.test(word))
    throw new Error(`the path ${word} has characters that do not fit into authorized_keys`);
  return /[ ~]/.test(word) ? `'${word}'` : word;
}
