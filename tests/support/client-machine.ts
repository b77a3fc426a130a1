import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { AgentPolicy } from "~/protocol/v1";
import type { RealStack } from "./real-stack";
import { commandLine, descendants, killQuietly } from "./real-stack-processes";
import { until } from "./until";

const AGENT = fileURLToPath(new URL("../../dist/bbs-agent.mjs", import.meta.url));
const run = promisify(execFile);

/** A machine that is backed up: a real agent with a folder of its own, run as a process of this machine. */
export interface ClientMachine {
  clientId: string;
  name: string;
  folder: string;
  restoreFolder: string;
  /** Changes the machine's own policy file, as its administrator would. */
  changePolicy(change: Partial<AgentPolicy> & { borg?: string }): void;
  /** Starts the agent; does nothing if it runs. */
  start(): void;
  /** `kill -9` of the agent alone; its borg goes on. */
  killHard(): Promise<void>;
  /** Process ids of the agent alone; none when it does not run. */
  pids(): number[];
  /** Borg processes that the agent started. */
  borgPids(): number[];
  printed(): string;
  stop(): Promise<void>;
}

export interface MachineOptions {
  name?: string;
  policy?: Partial<AgentPolicy> & { borg?: string };
  /** Put before every agent command, e.g. `ip netns exec x`. */
  prefix?: string[];
  /** The account that the prefix changes to: the machine's folder is its. */
  owner?: { uid: number; gid: number };
  /** Node's environment for the agent, on top of PATH. */
  environment?: Record<string, string>;
  /** Runs it as the service does, under its launcher, from a program of its own: it can be updated. */
  launched?: boolean;
  /** Enrol only; the test starts it. */
  stopped?: boolean;
}

let count = 0;

/** Adds a client, enrols a real agent with the token of the line that the console shows, and starts it. Waits until it is online. */
export async function startClientMachine(
  stack: RealStack,
  options: MachineOptions = {},
): Promise<ClientMachine> {
  const name = options.name ?? `machine-${++count}`;
  const made = await stack.bbs.clients.create.mutate({ name });
  const machine = await enrolMachine(stack, { ...options, name, token: tokenOf(made.enrolment.command) });
  if (options.stopped) return machine;
  machine.start();
  await until(
    `${name} is online`,
    async () => (await stack.bbs.clients.get.query({ id: machine.clientId })).state === "online",
    { seconds: 60 },
  );
  return machine;
}

/** The one-time token in the line that the console shows. */
export function tokenOf(command: string): string {
  const token = /bbse_[A-Za-z0-9_-]+/.exec(command)?.[0];
  if (!token) throw new Error(`no enrolment token in: ${command}`);
  return token;
}

/** Enrols a fresh agent folder. Throws with what the agent printed when the server refuses. */
export async function enrolMachine(
  stack: Pick<RealStack, "url" | "fingerprint">,
  {
    name = "machine",
    policy = {},
    prefix = [],
    owner,
    environment = {},
    launched = false,
    token,
  }: MachineOptions & { token: string },
): Promise<ClientMachine> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-machine-"));
  const [program = process.execPath, ...before] = [...prefix, process.execPath];
  const env = { PATH: process.env.PATH, HOME: folder, NODE_ENV: "production" as const, ...environment };
  // A clone below a closed home cannot be entered by another account.
  const script = owner || launched ? join(folder, "bbs-agent.mjs") : AGENT;
  if (script !== AGENT) cpSync(AGENT, script);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const agent = (...words: string[]) => [...before, script, ...words, "--dir", folder];
  try {
    await run(
      program,
      agent("enroll", "--server", stack.url, "--tls-fingerprint", stack.fingerprint, "--token", token),
      { env },
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as { clientId: string };
  const policyFile = join(folder, "policy.json");
  const output: string[] = [];
  let child: ChildProcess | null = null;

  const machine: ClientMachine = {
    clientId: config.clientId,
    name,
    folder,
    restoreFolder: join(folder, "restored"),
    changePolicy: (change) => {
      const before = JSON.parse(readFileSync(policyFile, "utf8")) as AgentPolicy;
      writeFileSync(policyFile, JSON.stringify({ ...before, ...change }), { mode: 0o600 });
    },
    start: () => {
      if (child && child.exitCode === null && child.signalCode === null) return;
      child = spawn(program, agent(launched ? "run" : "serve"), { env, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
      child.stderr?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    },
    killHard: async () => {
      const killed = child;
      if (!killed) throw new Error("the agent does not run");
      for (const pid of agentPids(killed)) process.kill(pid, "SIGKILL");
      await until("the agent is gone", () => killed.exitCode !== null || killed.signalCode !== null);
    },
    pids: () => (child && child.exitCode === null && child.signalCode === null ? agentPids(child) : []),
    borgPids: () => borgPidsOf(folder),
    printed: () => output.join(""),
    stop: async () => {
      const last = child;
      if (last && last.exitCode === null && last.signalCode === null) {
        for (const pid of agentPids(last)) killQuietly(pid, "SIGTERM");
        await until("the agent has stopped", () => last.exitCode !== null || last.signalCode !== null);
      }
      for (const pid of borgPidsOf(folder)) killQuietly(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  machine.changePolicy({ restoreFolder: machine.restoreFolder, ...policy });
  return machine;
}

/** The node process itself, also behind a prefix such as `ip netns exec`, which replaces itself or stays as its parent. */
function agentPids(child: ChildProcess): number[] {
  const pid = child.pid ?? -1;
  const all = [pid, ...descendants(pid)];
  return all.filter((one) => commandLine(one).includes("bbs-agent.mjs"));
}

/** Borg and the ssh below it, found by the agent's folder, which stands in borg's environment. */
function borgPidsOf(folder: string): number[] {
  return descendants(1).filter((pid) => {
    const line = commandLine(pid);
    return /(^|\/|\0)borg\0/.test(line) && environmentOf(pid).includes(`BORG_BASE_DIR=${folder}`);
  });
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
