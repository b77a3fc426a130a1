import { execFile } from "node:child_process";
import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export type SshdSettings = {
  data: string;
  port: number;
  /** Address to listen on. */
  listen: string;
  /** Path of the sshd program. */
  sshd: string;
  /** False: sshd runs as the one account that serves all clients. */
  root: boolean;
};

/** How to start sshd, and the public host keys (`ssh-ed25519 AAAA...`) that agents pin. */
export type SshdStart = { command: string; args: string[]; hostKeys: string[] };

/**
 * Makes the host key once, writes `ssh/sshd_config` anew and lets sshd check it. The system's own sshd and its files are not touched.
 * Throws with sshd's own words when the configuration does not hold.
 */
export async function writeSshd(settings: SshdSettings): Promise<SshdStart> {
  const folder = join(settings.data, "ssh");
  const keysFolder = join(folder, "authorized_keys");
  await mkdir(keysFolder, { recursive: true, mode: 0o711 });
  if (settings.root) {
    for (const walkable of [folder, keysFolder]) await chmod(walkable, 0o711);
    // Where sshd's unprivileged half is locked in; Debian's service file makes it, nobody else does.
    await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  }
  const hostKey = join(folder, "ssh_host_ed25519_key");
  if (!(await isThere(hostKey))) {
    await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "borg-backup-server", "-f", hostKey]);
  }
  const config = join(folder, "sshd_config");
  await writeFile(config, renderSshdConfig(settings, hostKey, join(keysFolder, "%u")), { mode: 0o600 });
  await execute(settings.sshd, ["-t", "-f", config]).catch((cause) => {
    const words = "stderr" in cause ? String(cause.stderr).trim() : String(cause);
    throw new Error(`sshd does not accept its configuration ${config}: ${words}`, { cause });
  });
  const [type, key] = (await readFile(`${hostKey}.pub`, "utf8")).split(" ");
  return {
    command: settings.sshd,
    args: ["-D", "-e", "-f", config],
    hostKeys: [`${type} ${key}`],
  };
}

/** Edit when a client should be able to do more or less over SSH. tests/attacks/over-ssh shows each line that forbids something. */
function renderSshdConfig({ port, listen, root }: SshdSettings, hostKey: string, keys: string): string {
  return `${[
    "# Written at every start; changes are lost.",
    `Port ${port}`,
    `ListenAddress ${listen.includes(":") ? `[${listen}]` : listen}`,
    `HostKey "${hostKey}"`,
    "PidFile none",
    "LogLevel INFO",
    "UseDNS no",
    "",
    "# Who: the clients' accounts, by key, and the key files belong to root.",
    `AllowUsers ${root ? "bbs-*" : userInfo().username}`,
    "PermitRootLogin no",
    "AuthenticationMethods publickey",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "HostbasedAuthentication no",
    "UsePAM no",
    "StrictModes yes",
    `AuthorizedKeysFile "${keys}"`,
    "",
    "# What: one forced command per connection and nothing beside it. BORG_* from a client would reach borg serve (BORG_LOGGING_CONF).",
    "DisableForwarding yes",
    "AllowTcpForwarding no",
    "AllowStreamLocalForwarding no",
    "AllowAgentForwarding no",
    "X11Forwarding no",
    "PermitTunnel no",
    "GatewayPorts no",
    "PermitTTY no",
    "PermitUserRC no",
    "PermitUserEnvironment no",
    "AcceptEnv none",
    "PrintMotd no",
    "MaxSessions 1",
    "",
    "# How long and how many: a dead client's lock is free after 90 s; a fleet that wakes at once gets in.",
    "TCPKeepAlive yes",
    "ClientAliveInterval 30",
    "ClientAliveCountMax 3",
    "LoginGraceTime 30",
    "MaxAuthTries 3",
    "MaxStartups 100:30:500",
    "",
    "KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org",
    "Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr",
    "MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,umac-128-etm@openssh.com",
    "HostKeyAlgorithms ssh-ed25519",
    "PubkeyAcceptedAlgorithms ssh-ed25519",
    "Compression no",
  ].join("\n")}\n`;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
