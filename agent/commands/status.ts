import type { AgentFolder } from "../agent-folder";
import { readConfig } from "../config";
import { readIfThere } from "../durable-file";
import { agentVersion } from "../machine";
import { parseJson } from "../parse-json";
import { processIdentity } from "../process-identity";
import { type AgentStatus, agentStatus } from "../run-agent";
import { keyName, readTrust } from "../update/release-trust";

/** What the agent of this folder is doing. `exitCode` 0: runs and reaches the server; 3: does not run; 1: anything else. */
export async function status(
  folder: AgentFolder,
  asJson: boolean,
): Promise<{ text: string; exitCode: number }> {
  const config = await readConfig(folder);
  const running = await readStatus(folder);
  const { keys, floor } = await readTrust(folder);
  const exitCode = running === null ? 3 : running.trouble === null ? 0 : 1;
  if (asJson) {
    const shown = {
      version: agentVersion,
      enrolled: config && {
        clientId: config.clientId,
        clientName: config.clientName,
        serverUrl: config.serverUrl,
      },
      running,
      releases: { trustedKeys: keys.map(keyName), floor },
    };
    return { text: JSON.stringify(shown, null, 2), exitCode };
  }
  const lines = [
    config
      ? `Client    ${config.clientName} (${config.clientId}) at ${config.serverUrl}`
      : "Client    not enrolled",
    ...(running === null ? ["Agent     not running"] : linesAbout(running)),
    `Releases  ${keys.length > 0 ? `from ${floor} on, signed by ${keys.map(keyName).join(" or ")}` : "none: no release key is trusted"}`,
  ];
  return { text: lines.join("\n"), exitCode };
}

function linesAbout(running: AgentStatus): string[] {
  const jobs = running.jobs.map((job) => `${job.kind} ${job.jobId}${job.phase ? ` (${job.phase})` : ""}`);
  return [
    `Agent     ${running.version}, process ${running.pid}, since ${running.startedAt}`,
    `Server    ${running.trouble ?? `answered at ${running.lastAnswerAt ?? "no time yet"}`}`,
    ...(running.alarmSince === null
      ? []
      : [
          `ALARM     no backups: the server is silent; this machine sounds its alarm since ${running.alarmSince}`,
        ]),
    `Working   ${jobs.join(", ") || "on nothing"}`,
    ...(running.resultsWaiting > 0
      ? [`Results   ${running.resultsWaiting} not yet taken by the server`]
      : []),
  ];
}

/** Null when no agent runs: a status file of a killed one does not count. */
async function readStatus(folder: AgentFolder): Promise<AgentStatus | null> {
  const parsed = agentStatus.safeParse(parseJson((await readIfThere(folder.status)) ?? ""));
  if (!parsed.success) return null;
  return (await processIdentity(parsed.data.pid)) === parsed.data.identity ? parsed.data : null;
}
