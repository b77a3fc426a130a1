import type { AgentFolder } from "../agent-folder";
import { demandReleaseKey, keyName, readTrust, writeTrust } from "../update/release-trust";

/** A person on the machine says which key signs releases. Every other key is forgotten; the floor stays. */
export async function trustReleaseKey(folder: AgentFolder, text: string): Promise<string> {
  const key = demandReleaseKey(text);
  const { keys } = await readTrust(folder);
  await trustKey(folder, key);
  const before = keys.length > 0 ? ` Trusted before: ${keys.map(keyName).join(", ")}.` : "";
  return `Releases have to be signed by the key ${keyName(key)} from now on.${before}`;
}

/** The key stands alone from now on. */
export async function trustKey(folder: AgentFolder, key: string): Promise<void> {
  await writeTrust(folder, { ...(await readTrust(folder)), keys: [key] });
}
