import { execFile } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { type AgentFolder, DEFAULT_FOLDER } from "../agent-folder";
import { readConfig } from "../config";
import { readIfThere } from "../durable-file";
import { parseJson } from "../parse-json";
import { PlainError } from "../plain-error";
import { readPolicy } from "../policy";
import { processIdentity } from "../process-identity";
import { agentStatus } from "../run-agent";

/** What install.sh puts in place. */
const SERVICE_FILES = [
  "/etc/systemd/system/bbs-agent.service",
  "/Library/LaunchDaemons/bbs-agent.plist",
  "/usr/local/bin/bbs-agent",
];
const PROGRAM_FOLDER = "/opt/bbs-agent";

/**
 * Takes the agent off this machine: ends the service (borg is ended in order), removes its files. What was backed up stays on
 * the server, what was restored stays here; both are named. Nothing is removed without `sure`.
 */
export async function uninstall(folder: AgentFolder, sure: boolean): Promise<string> {
  const config = await readConfig(folder).catch(() => null);
  const { policy } = await readPolicy(folder);
  const ownService = folder.folder === DEFAULT_FOLDER;
  const removed = [...(ownService ? [...SERVICE_FILES, PROGRAM_FOLDER] : []), folder.folder];
  const there = await Promise.all(removed.map(isThere));
  const list = removed.filter((_, i) => there[i]);
  if (list.length === 0) throw new PlainError(`There is no agent in ${folder.folder}.`);
  if (!sure) {
    throw new PlainError(`This stops the agent and removes ${list.join(", ")}. To do it, add --yes.`);
  }
  const restoredInside =
    policy.restoreFolder.startsWith(`${folder.folder}/`) && (await isThere(policy.restoreFolder));
  if (restoredInside) {
    throw new PlainError(
      `${policy.restoreFolder} lies in the folder that would be removed. Move restored files away first, then run this again.`,
    );
  }
  if (ownService) await stopService();
  const pid = await runningPid(folder);
  if (pid !== null) {
    throw new PlainError(
      `The agent still runs (process ${pid}). Stop it (kill ${pid}), then run this again.`,
    );
  }
  for (const path of list) await rm(path, { recursive: true, force: true });
  if (ownService && process.platform === "linux") await quietly("systemctl", ["daemon-reload"]);
  return [
    `Removed: ${list.join(", ")}.`,
    `What stays: ${config ? `the client ${config.clientName} with its repositories and archives at ${config.serverUrl} (remove it in the console)` : "everything on the server"}; restored files${(await isThere(policy.restoreFolder)) ? ` in ${policy.restoreFolder}` : ""}; the borg package.`,
  ].join("\n");
}

/** The process of an agent that runs on this folder without being our service. */
async function runningPid(folder: AgentFolder): Promise<number | null> {
  const known = agentStatus.safeParse(parseJson((await readIfThere(folder.status)) ?? ""));
  if (!known.success) return null;
  return (await processIdentity(known.data.pid)) === known.data.identity ? known.data.pid : null;
}

async function stopService(): Promise<void> {
  if (process.platform === "darwin") {
    await quietly("launchctl", ["bootout", "system/bbs-agent"]);
  } else if (await isThere("/run/systemd/system")) {
    await quietly("systemctl", ["disable", "--now", "bbs-agent.service"]);
  }
}

/** A service that is not there is stopped enough. */
function quietly(command: string, args: string[]): Promise<void> {
  return new Promise((resolve) => execFile(command, args, { timeout: 120_000 }, () => resolve()));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
