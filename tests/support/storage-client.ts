import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KeeperInput, KeeperOutput, KeeperVerb } from "~/keeper/contract";
import { bareEnvironment, type Ended, type RunOptions, runProgram } from "./run-program";

/** What a client needs to know of its storage node. */
export type NodeOfClient = {
  data: string;
  port: number;
  hostKey: string;
  borg: string;
  keeper: <V extends KeeperVerb>(verb: V, input: KeeperInput<V>) => Promise<KeeperOutput<V>>;
};

export type TestRepository = { id: string; url: string; path: string; passphrase: string };

/** A machine that is backed up: its own key, known_hosts and borg base folder. */
export type TestClient = {
  id: string;
  user: string;
  folder: string;
  keyFile: string;
  sshPublicKey: string;
  /** Makes a repository and says how to reach it. */
  addRepository: (quotaBytes?: number | null) => Promise<TestRepository>;
  urlOf: (path: string) => string;
  /** Runs the client's borg over ssh and waits for its end. */
  borg: (
    repository: TestRepository,
    args: string[],
    env?: Record<string, string>,
    program?: string,
  ) => Promise<Ended>;
  /** Starts it without waiting. */
  startBorg: (repository: TestRepository, args: string[], program?: string) => ChildProcess;
  /** Runs ssh as the client: options before the host, command after it. */
  ssh: (options: string[], command?: string[], run?: RunOptions) => Promise<Ended>;
  sshCommand: string[];
  /** Kills what `startBorg` started and is still there. */
  stop: () => void;
};

/** An id as the server makes them. */
export const newTestId = () => randomBytes(8).toString("hex");

export function makeKey(file: string): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  return readFileSync(`${file}.pub`, "utf8").trim();
}

export async function makeTestClient(node: NodeOfClient, clientsFolder: string): Promise<TestClient> {
  const id = newTestId();
  const folder = join(clientsFolder, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, "key");
  const sshPublicKey = makeKey(keyFile);
  const knownHosts = join(folder, "known_hosts");
  writeFileSync(knownHosts, `[127.0.0.1]:${node.port} ${node.hostKey}\n`);
  const { sshUser: user } = await node.keeper("provision-client", { clientId: id, sshPublicKey });
  const options = ["-F", "none", "-i", keyFile, "-p", String(node.port)];
  for (const option of [
    ...[`UserKnownHostsFile=${knownHosts}`, "StrictHostKeyChecking=yes", "BatchMode=yes"],
    ...["IdentitiesOnly=yes"],
  ])
    options.push("-o", option);
  const host = `${user}@127.0.0.1`;
  const environment = (passphrase: string) => ({
    BORG_BASE_DIR: join(folder, "base"),
    BORG_RSH: ["ssh", ...options].join(" "),
    BORG_PASSPHRASE: passphrase,
    TZ: "UTC",
  });
  const started: ChildProcess[] = [];
  const urlOf = (path: string) => `ssh://${host}:${node.port}${path}`;
  return {
    ...{ id, user, folder, keyFile, sshPublicKey, urlOf },
    sshCommand: ["ssh", ...options],
    addRepository: async (quotaBytes = null) => {
      const repositoryId = newTestId();
      const passphrase = randomBytes(12).toString("hex");
      await node.keeper("create-repository", { clientId: id, repositoryId, passphrase, quotaBytes });
      return {
        ...{ id: repositoryId, passphrase, url: urlOf(`/~/repos/${repositoryId}`) },
        path: join(node.data, "home", id, "repos", repositoryId),
      };
    },
    borg: (repository, args, env, program = node.borg) =>
      runProgram(program, args, {
        env: { ...environment(repository.passphrase), BORG_REPO: repository.url, ...env },
        timeoutMs: 110_000,
      }),
    startBorg: (repository, args, program = node.borg) => {
      const child = spawn(program, args, {
        stdio: ["ignore", "pipe", "pipe"],
        env: bareEnvironment({ ...environment(repository.passphrase), BORG_REPO: repository.url }),
      });
      started.push(child);
      return child;
    },
    ssh: (more, command = [], run) => runProgram("ssh", [...options, ...more, host, ...command], run),
    stop: () => {
      for (const child of started) if (child.exitCode === null) child.kill("SIGKILL");
    },
  };
}
