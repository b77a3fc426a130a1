import { execFile } from "node:child_process";
import { stat, statfs } from "node:fs/promises";
import { isBorgPatched, isBorgUsable } from "~/borg/version";
import { PROTOCOL_VERSION, reportResponse } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import { realPlace } from "../allowed-paths";
import { findBorg, INSTALL_HINT } from "../borg-program";
import { type AgentConfig, readConfig } from "../config";
import { errorCode } from "../durable-file";
import { LinkError } from "../link-error";
import { agentVersion } from "../machine";
import { type PolicyState, readPolicy } from "../policy";
import { ServerLink } from "../server-link";
import { SSH_MISSING, sshOptions } from "../ssh-command";
import { keyName, readTrust } from "../update/release-trust";

export type Finding = { check: string; state: "ok" | "warning" | "failed"; say: string };

/** A clock that is off by more confuses people who compare times; backups do not depend on it. */
const MOST_CLOCK_DIFFERENCE_MS = 60_000;
const LITTLE_SPACE_BYTES = 1024 ** 3;

/** Looks at everything that a backup needs. Exit code 0: all well or only warnings; 1: something has to be put right. */
export async function doctor(
  folder: AgentFolder,
  asJson: boolean,
): Promise<{ text: string; exitCode: number }> {
  const findings = await examine(folder);
  const exitCode = findings.some(({ state }) => state === "failed") ? 1 : 0;
  if (asJson) return { text: JSON.stringify({ version: agentVersion, findings }, null, 2), exitCode };
  const marks = { ok: "ok     ", warning: "warning", failed: "FAILED " };
  const width = Math.max(...findings.map(({ check }) => check.length));
  const text = findings
    .map(({ check, state, say }) => `${marks[state]}  ${check.padEnd(width)}  ${say}`)
    .join("\n");
  return { text, exitCode };
}

/** The same as findings, in a fixed order of their checks. */
export async function examine(folder: AgentFolder): Promise<Finding[]> {
  const config = await readConfig(folder).catch(() => null);
  const policy = await readPolicy(folder);
  const findings: Finding[] = [checkNode(), await checkBorg(policy), checkPolicy(policy, folder)];
  if (config === null) {
    findings.push({
      check: "enrolment",
      state: "failed",
      say: "This machine is not enrolled, or its configuration is damaged.",
    });
  } else {
    findings.push({ check: "enrolment", state: "ok", say: `${config.clientName} at ${config.serverUrl}` });
    findings.push(...(await checkServer(config)), await checkSsh(folder, config));
  }
  findings.push(await checkPrivacy(folder), await checkSpace("agent's folder", folder.folder));
  if (policy.readable) findings.push(await checkSpace("restore folder", policy.policy.restoreFolder));
  findings.push(await checkTrust(folder));
  return findings;
}

function checkNode(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  const say = `${process.versions.node}${major < 18 ? "; 18 or later is needed" : ""}`;
  return { check: "node", state: major < 18 ? "failed" : "ok", say };
}

async function checkBorg({ policy }: PolicyState): Promise<Finding> {
  const borg = await findBorg(policy);
  if (borg === null) return { check: "borg", state: "failed", say: `none found. ${INSTALL_HINT}` };
  const where = `${borg.version.text} (${borg.path})`;
  if (!isBorgUsable(borg.version)) {
    return {
      check: "borg",
      state: "failed",
      say: `${where}; 1.2 or later, below 2, is needed. ${INSTALL_HINT}`,
    };
  }
  if (isBorgPatched(borg.version)) return { check: "borg", state: "ok", say: where };
  const say = `${where} works but lacks the fix of CVE-2023-36811 (1.2.5 and later have it; on Debian 12: apt-get install -t bookworm-backports borgbackup)`;
  return { check: "borg", state: "warning", say };
}

function checkPolicy(policy: PolicyState, folder: AgentFolder): Finding {
  if (!policy.readable)
    return {
      check: "policy",
      state: "failed",
      say: `${policy.why}; nothing is allowed until it is put right`,
    };
  const { readPaths, restoreToOriginal } = policy.policy;
  const say = `${folder.policy}: may read ${readPaths.join(", ") || "nothing"}; original places ${restoreToOriginal ? "may" : "may not"} be restored to`;
  return { check: "policy", state: "ok", say };
}

/** Asks about a job that does not exist: "no such job" proves address, certificate and API key without taking anything from the
 *  running agent, as a second poll would. */
async function checkServer(config: AgentConfig): Promise<Finding[]> {
  const link = new ServerLink(config);
  const pin = config.tlsFingerprint ? "the pinned certificate" : "a publicly trusted certificate";
  const report = { protocol: PROTOCOL_VERSION, lease: 1, state: "running", log: [] };
  try {
    await link.post("api/agent/v1/jobs/0/report", report, reportResponse, { seconds: 20 });
    return [{ check: "server", state: "failed", say: "answered about a job that cannot exist" }];
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    if (error.kind !== "refused") return [{ check: "server", state: "failed", say: error.say }];
    if (error.status !== 404 && error.status !== 409) {
      return [{ check: "server", state: "failed", say: `reached with ${pin}, but: ${error.say}` }];
    }
    const reached: Finding = {
      check: "server",
      state: "ok",
      say: `answers with ${pin} and knows this agent`,
    };
    return link.clockAheadMs === null ? [reached] : [reached, checkClock(link.clockAheadMs)];
  } finally {
    link.close();
  }
}

function checkClock(aheadMs: number): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= MOST_CLOCK_DIFFERENCE_MS) {
    return { check: "clock", state: "ok", say: `within ${seconds} s of the server's` };
  }
  const say = `${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} the server's; let the system set it (NTP)`;
  return { check: "clock", state: "warning", say };
}

/** Logs in with our key and lets the gate's borg end at once: exit code 255 is ssh's own word for "did not get in". */
function checkSsh(folder: AgentFolder, config: AgentConfig): Promise<Finding> {
  const { host, port, user } = config.ssh;
  const args = [...sshOptions(folder), "-n", "-p", String(port), "-l", user, "--", host, "borg serve"];
  return new Promise((resolve) => {
    execFile("ssh", args, { timeout: 40_000 }, (error, _out, complaint) => {
      const say = complaint.trim().split("\n")[0] ?? "";
      if (error && errorCode(error) === "ENOENT")
        resolve({ check: "ssh", state: "failed", say: SSH_MISSING });
      else if (error && (error.code === 255 || error.killed)) {
        resolve({ check: "ssh", state: "failed", say: `${host} port ${port}: ${say || "no login"}` });
      } else
        resolve({
          check: "ssh",
          state: "ok",
          say: `${user}@${host} port ${port}: logged in, host key as pinned`,
        });
    });
  });
}

/** Without a release key every update is refused, which is safe, but a person should know. */
async function checkTrust(folder: AgentFolder): Promise<Finding> {
  const { keys, floor } = await readTrust(folder);
  if (keys.length === 0) {
    const say =
      "no release key is trusted, so updates are refused; to pin one: bbs-agent trust-release-key KEY";
    return { check: "updates", state: "warning", say };
  }
  const say = `releases from ${floor} on, signed by ${keys.map(keyName).join(" or ")}`;
  return { check: "updates", state: "ok", say };
}

async function checkPrivacy(folder: AgentFolder): Promise<Finding> {
  for (const path of [folder.config, folder.sshKey]) {
    const found = await stat(path).catch(() => null);
    if (found && (found.mode & 0o077) !== 0) {
      return {
        check: "secrets",
        state: "failed",
        say: `${path} can be read by other accounts: chmod 600 ${path}`,
      };
    }
  }
  return { check: "secrets", state: "ok", say: "key and configuration are readable by this account only" };
}

async function checkSpace(what: string, path: string): Promise<Finding> {
  const place = await nearestExisting(path);
  const found = place === null ? null : await statfs(place).catch(() => null);
  if (found === null) return { check: what, state: "warning", say: `${path} cannot be looked at` };
  const free = found.bavail * found.bsize;
  const say = `${path}: ${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { check: what, state: free < LITTLE_SPACE_BYTES ? "warning" : "ok", say };
}

async function nearestExisting(path: string): Promise<string | null> {
  let place = await realPlace(path);
  while (place !== null && place !== "/") {
    const there = place;
    if (await stat(there).catch(() => null)) return there;
    place = there.slice(0, there.lastIndexOf("/")) || "/";
  }
  return place;
}
