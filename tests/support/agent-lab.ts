import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { BackupOrder, RestoreOrder } from "~/protocol/v1";
import { type AgentBuild, buildAgent } from "./agent-builds";
import { type ProtocolServer, startProtocolServer } from "./agent-lab-server";
import { freePort } from "./free-port";
import { until } from "./until";

const PASSPHRASE = "a passphrase of the lab";

/** The agent as it is shipped (bundled), a real sshd with a real borg behind it, and a protocol server that can misbehave. */
export interface AgentLab {
  folder: string;
  server: ProtocolServer;
  /** The bundled agent. */
  program: string;
  /** The agent's own folder. */
  dir: string;
  /** Runs one command of the agent to its end. */
  agent(...args: string[]): Promise<{ code: number; out: string; complaint: string }>;
  enrol(...more: string[]): Promise<void>;
  /** The agent without its launcher. `under`: a command that starts it, with fewer rights for one. */
  startAgent(under?: string[]): ChildProcess;
  /** The launcher, as the service runs it. */
  startLauncher(under?: string[]): ChildProcess;
  /** What the agents printed. */
  printed(): string;
  backupOrder(jobId: string, sources: string[], more?: Partial<BackupOrder>): BackupOrder;
  restoreOrder(jobId: string, archive: RestoreOrder["archive"], more?: Partial<RestoreOrder>): RestoreOrder;
  /** borg on the repository itself, as the storage machine would. */
  borg(...args: string[]): string;
  repository: string;
  stopAgents(): Promise<void>;
  stop(): Promise<void>;
}

export async function startAgentLab(build: AgentBuild = {}): Promise<AgentLab> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-agent-lab-"));
  const program = join(folder, "program", "bbs-agent.mjs");
  await buildAgent(program, build);
  const sshd = await startSshd(folder);
  const server = await startProtocolServer({ host: "127.0.0.1", port: sshd.port, user: userInfo().username });
  server.hostKeys = [sshd.hostKey];
  const repository = join(folder, "repos", "r1");
  const env = { ...process.env, BORG_BASE_DIR: join(folder, "server-borg"), BORG_PASSPHRASE: PASSPHRASE };
  const borg = (...args: string[]) =>
    execFileSync("borg", args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  mkdirSync(join(folder, "repos"));
  borg("init", "-e", "repokey-blake2", repository);
  const dir = join(folder, "agent");
  const agents: ChildProcess[] = [];
  const printed: string[] = [];
  const access = () => ({
    repositoryId: "r1",
    ssh: { host: "127.0.0.1", port: sshd.port, user: userInfo().username, hostKeys: server.hostKeys },
    path: repository,
    passphrase: PASSPHRASE,
  });
  const start = ([command = "", ...words]: string[]) => {
    const agent = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
    agent.stderr.on("data", (part: Buffer) => printed.push(part.toString()));
    agents.push(agent);
    return agent;
  };
  const stopAgents = async () => {
    for (const agent of agents.splice(0)) {
      if (agent.exitCode !== null || agent.signalCode !== null) continue;
      const ended = new Promise((resolve) => agent.once("exit", resolve));
      agent.kill("SIGTERM");
      await ended;
    }
  };
  const lab: AgentLab = {
    folder,
    program,
    server,
    dir,
    repository,
    borg,
    printed: () => printed.join(""),
    agent: (...args) => runAgentOnce(program, ["--dir", dir, ...args]),
    enrol: async (...more) => {
      const pin = ["--server", server.url, "--token", "t1", "--tls-fingerprint", server.fingerprint];
      const { code, complaint } = await lab.agent("enroll", ...pin, ...more);
      if (code !== 0) throw new Error(complaint);
      sshd.admit(readFileSync(join(dir, "id_ed25519.pub"), "utf8"), repository);
    },
    startAgent: (under = []) => start([...under, process.execPath, program, "serve", "--dir", dir]),
    startLauncher: (under = []) => start([...under, process.execPath, program, "run", "--dir", dir]),
    backupOrder: (jobId, sources, more = {}) => ({
      kind: "backup",
      jobId,
      lease: 1,
      planId: "p1",
      repository: access(),
      archiveName: `lab-${jobId}`,
      sources,
      excludes: [],
      compression: "lz4",
      oneFileSystem: false,
      excludeCaches: false,
      ...more,
    }),
    restoreOrder: (jobId, archive, more = {}) => ({
      kind: "restore",
      jobId,
      lease: 1,
      repository: access(),
      archive,
      paths: [],
      target: { kind: "restore-folder" },
      ...more,
    }),
    stopAgents,
    stop: async () => {
      await stopAgents();
      await server.fall();
      sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return lab;
}

function runAgentOnce(program: string, args: string[]) {
  return new Promise<{ code: number; out: string; complaint: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], (error, out, complaint) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, complaint }),
    );
  });
}

async function startSshd(folder: string) {
  const port = await freePort();
  const hostKey = join(folder, "host_key");
  const keys = join(folder, "authorized_keys");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  writeFileSync(keys, "");
  const config = join(folder, "sshd_config");
  writeFileSync(
    config,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${keys}`,
      `PidFile ${join(folder, "sshd.pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "ClientAliveInterval 3",
      "ClientAliveCountMax 2",
      "",
    ].join("\n"),
  );
  mkdirSync("/run/sshd", { recursive: true });
  const sshd = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: "ignore" });
  await until("sshd listens", () => existsSync(join(folder, "sshd.pid")));
  return {
    port,
    hostKey: readFileSync(`${hostKey}.pub`, "utf8").split(" ").slice(0, 2).join(" "),
    admit: (key: string, repository: string) => {
      const command = `/usr/bin/env -i PATH=/usr/bin:/bin HOME=/root borg serve --append-only --restrict-to-repository ${repository}`;
      writeFileSync(keys, `restrict,command="${command}" ${key}`);
    },
    stop: () => sshd.kill("SIGTERM"),
  };
}
