import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { AgentFolder } from "../agent-folder";
import { readIfThere, writeDurably } from "../durable-file";
import { parseJson } from "../parse-json";

/** Files without which there is no agent. A version that loses one while it is unconfirmed does not take the old one down. */
function vital(folder: AgentFolder): string[] {
  return [folder.config, folder.sshKey, folder.sealingKey, folder.knownHosts, folder.release];
}

/** Copies them beside, durably, for `putBackKept`; the policy too. */
export async function keepVitalFiles(folder: AgentFolder): Promise<void> {
  await rm(folder.keptFiles, { recursive: true, force: true });
  await mkdir(folder.keptFiles, { recursive: true, mode: 0o700 });
  for (const path of [...vital(folder), folder.policy]) {
    const text = await readIfThere(path);
    if (text !== null) await writeDurably(copyOf(folder, path), text);
  }
}

/**
 * Puts back what is gone, empty or no JSON any more. What reads well stays, also where it differs: a person may have enrolled anew or changed
 * the policy meanwhile. Does nothing where no copies lie.
 */
export async function putBackKept(folder: AgentFolder): Promise<void> {
  for (const path of [...vital(folder), folder.policy]) {
    const kept = await readIfThere(copyOf(folder, path));
    const now = await readIfThere(path);
    if (kept !== null && isLost(path, now)) await writeDurably(path, kept);
  }
}

function isLost(path: string, text: string | null): boolean {
  if (text === null || text.trim() === "") return true;
  return path.endsWith(".json") && parseJson(text) === undefined;
}

export async function dropKept(folder: AgentFolder): Promise<void> {
  await rm(folder.keptFiles, { recursive: true, force: true });
}

function copyOf(folder: AgentFolder, path: string): string {
  return join(folder.keptFiles, basename(path));
}
