import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { freePort } from "./free-port";
import { bareEnvironment, type Ended, type RunOptions, runProgram } from "./run-program";
import { serverHome } from "./server-home";
import { makeKey } from "./storage-client";
import { until } from "./until";

/** An ordinary sshd that allows everything to one key: what our own refuses is first shown to work here. */
export type PlainSshd = {
  host: string;
  /** ssh with its options, without the host. */
  command: string[];
  target: { user: string; port: number; options: string[] };
  ssh: (options: string[], command?: string[], run?: RunOptions) => Promise<Ended>;
  stop: () => Promise<void>;
};

/** Runs as the account of the test, with forwarding, terminals, sftp and any variable allowed. */
export async function startPlainSshd(): Promise<PlainSshd> {
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(join(serverHome(), "plain-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const key = makeKey(join(folder, "key"));
  makeKey(join(folder, "host"));
  writeFileSync(join(folder, "authorized_keys"), `${key}\n`, { mode: 0o644 });
  writeFileSync(
    join(folder, "sshd_config"),
    [
      ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${folder}/host`, "PidFile none", "UsePAM no"],
      ...[`AuthorizedKeysFile ${folder}/authorized_keys`, "PermitRootLogin prohibit-password", "AcceptEnv *"],
      ...[
        "AllowTcpForwarding yes",
        "AllowAgentForwarding yes",
        "PermitTTY yes",
        "Subsystem sftp internal-sftp",
      ],
    ].join("\n"),
  );
  const sshd = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: "ignore",
    env: bareEnvironment(),
  });
  const user = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
  const known = join(folder, "known_hosts");
  writeFileSync(known, `[127.0.0.1]:${port} ${readFileSync(join(folder, "host.pub"), "utf8")}`);
  const options = ["-F", "none", "-i", join(folder, "key")];
  for (const option of [`UserKnownHostsFile=${known}`, "BatchMode=yes", "IdentitiesOnly=yes"])
    options.push("-o", option);
  const command = ["ssh", ...options, "-p", String(port)];
  const host = `${user}@127.0.0.1`;
  const ssh: PlainSshd["ssh"] = (more, words = [], run) =>
    runProgram("ssh", [...command.slice(1), ...more, host, ...words], run);
  await until("the plain sshd answers", async () => (await ssh([], ["true"])).code === 0);
  return {
    ...{ host, command, ssh, target: { user, port, options } },
    stop: async () => {
      const gone = once(sshd, "exit");
      sshd.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Listens on loopback and greets each visitor with this text. */
export function openServer(port: number, greeting: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(greeting);
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
