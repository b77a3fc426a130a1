import { execFile } from "node:child_process";
import type { SshTarget } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { AgentProblem } from "./agent-problem";
import { errorCode, readIfThere, writeDurably } from "./durable-file";
import { PlainError } from "./plain-error";

/** The name under which the host keys are pinned, so that the server may move to another address but not to another key. */
const HOST_KEY_NAME = "bbs-storage";

/** Options that make ssh use our key, the pinned host keys and nothing of the machine's or a person's ssh configuration. */
export function sshOptions(folder: AgentFolder): string[] {
  const settings = {
    UserKnownHostsFile: folder.knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlias: HOST_KEY_NAME,
    StrictHostKeyChecking: "yes",
    UpdateHostKeys: "no",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    PreferredAuthentications: "publickey",
    BatchMode: "yes",
    ConnectTimeout: "20",
    ServerAliveInterval: "10",
    ServerAliveCountMax: "30",
    TCPKeepAlive: "yes",
    LogLevel: "ERROR",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "/dev/null", "-T", "-a", "-x", "-i", folder.sshKey, ...options];
}

/** BORG_RSH. borg splits it like a shell; `agentFolder` admits only paths without anything to quote. */
export function borgRsh(folder: AgentFolder): string {
  return ["ssh", ...sshOptions(folder)].join(" ");
}

/**
 * The repository as borg wants it. Refuses parts that ssh or borg could read as something else: they come from the server, and a
 * host name like `-oProxyCommand=...` would run a command here.
 */
export function repositoryUrl(ssh: SshTarget, path: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(ssh.user) || !/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/.test(ssh.host)) {
    throw new AgentProblem("agent-fault", "The server sent an SSH address that this agent does not accept.");
  }
  if (!/^\/(~\/)?[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(path) || path.split("/").includes("..")) {
    throw new AgentProblem(
      "agent-fault",
      "The server sent a repository path that this agent does not accept.",
    );
  }
  const host = ssh.host.includes(":") ? `[${ssh.host}]` : ssh.host;
  return `ssh://${ssh.user}@${host}:${ssh.port}${path}`;
}

/** Refuses an order whose host keys share none with those pinned at enrolment. The pinned ones are used either way. */
export async function checkHostKeys(folder: AgentFolder, told: readonly string[]): Promise<void> {
  const pinned = new Set(((await readIfThere(folder.knownHosts)) ?? "").split("\n").map(keyOf));
  if (told.some((key) => pinned.has(keyOf(`${HOST_KEY_NAME} ${key}`)))) return;
  throw new AgentProblem(
    "host-key-changed",
    "The server names an SSH host key that was not pinned when this machine was enrolled. If the storage machine was really set up anew, enrol this machine again; if not, somebody may stand in between.",
  );
}

/** Pins the host keys. */
export async function writeKnownHosts(folder: AgentFolder, hostKeys: readonly string[]): Promise<void> {
  const lines = hostKeys.map((key) => {
    if (!/^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa) [A-Za-z0-9+/=]+$/.test(key)) {
      throw new PlainError("The server sent an SSH host key that cannot be pinned.");
    }
    return `${HOST_KEY_NAME} ${key}\n`;
  });
  await writeDurably(folder.knownHosts, lines.join(""));
}

/** Makes an ed25519 key pair at `path` without a passphrase (a service has nobody to ask); returns the public line. */
export async function makeSshKey(path: string): Promise<string> {
  const args = ["-q", "-t", "ed25519", "-N", "", "-C", "bbs-agent", "-f", path];
  await new Promise<void>((resolve, reject) => {
    execFile("ssh-keygen", args, (error, _out, complaint) => {
      if (error === null) resolve();
      else if (errorCode(error) === "ENOENT") reject(new PlainError(SSH_MISSING));
      else reject(new PlainError(`ssh-keygen failed: ${complaint.trim() || error.message}`));
    });
  });
  const line = (await readIfThere(`${path}.pub`)) ?? "";
  return line.trim();
}

export const SSH_MISSING =
  "ssh is missing on this machine. Install it, on Debian and Ubuntu: apt-get install openssh-client";

function keyOf(line: string): string {
  return line.trim().split(/\s+/).slice(1, 3).join(" ");
}
