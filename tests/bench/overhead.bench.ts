import { spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { agentFolder } from "~agent/agent-folder";
import { borgRsh } from "~agent/ssh-command";
import { createArguments } from "~agent/tasks/create-archive";
import { backUp, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { passphraseOf } from "../support/open-repository";
import { type RealStack, startRealStack } from "../support/real-stack";
import { findRealTree } from "../support/real-tree";
import { type Figure, median } from "./figure";

const ROUNDS = 3;
const HOW_TO = { excludes: [], compression: "lz4", oneFileSystem: false, excludeCaches: false };

/** Seconds of a whole agent backup against bare `borg create` with the same arguments over the same sshd, on a real tree. */
export async function bench(): Promise<Figure[]> {
  const tree = findRealTree();
  const stack = await startRealStack();
  const machine = await startClientMachine(stack);
  const taken = {
    agent: { first: [] as number[], second: [] as number[] },
    bare: { first: [] as number[], second: [] as number[] },
  };
  try {
    // One unmeasured reading, so that the first round does not pay for a cold disk alone.
    await (await bareRuns(stack, machine, "warm", tree.sources))();
    for (let round = 0; round < ROUNDS; round++) {
      const agent = await agentRuns(stack, machine, `agent-${round}`, tree.sources);
      const bare = await bareRuns(stack, machine, `bare-${round}`, tree.sources);
      const order = round % 2 === 0 ? (["agent", "bare"] as const) : (["bare", "agent"] as const);
      for (const part of ["first", "second"] as const)
        for (const who of order) taken[who][part].push(await (who === "agent" ? agent : bare)());
    }
  } finally {
    await machine.stop();
    await stack.stop();
  }
  const size = `${tree.files} files, ${(tree.bytes / 1e9).toFixed(2)} GB of /usr, ${ROUNDS} rounds in turn, medians`;
  return (["first", "second"] as const).map((part) => {
    const [agent, bare] = [median(taken.agent[part]), median(taken.bare[part])];
    return {
      name: `agent backup against bare borg create, ${part === "first" ? "first run" : "unchanged second run"}`,
      value: agent / bare,
      unit: "times",
      // At most 1.05 times or 300 ms more, whichever allows more.
      bar: Math.max(1.05, (bare + 0.3) / bare),
      how: `${agent.toFixed(2)} s against ${bare.toFixed(2)} s; ${size}; from plans.run to the end as the API shows it`,
    };
  });
}

async function agentRuns(stack: RealStack, machine: ClientMachine, name: string, sources: string[]) {
  const repositoryId = await makeRepository(stack.bbs, machine.clientId, { name });
  const planId = await makePlan(stack.bbs, {
    clientId: machine.clientId,
    repositoryId,
    sources,
    name,
    ...HOW_TO,
  });
  return async () => {
    const began = performance.now();
    const job = await backUp(stack.bbs, planId, 600);
    if (!job.endedAt || (job.state !== "succeeded" && job.state !== "warned"))
      throw new Error(`${job.state}: ${job.problem?.say}`);
    return (performance.now() - began) / 1000;
  };
}

async function bareRuns(stack: RealStack, machine: ClientMachine, name: string, sources: string[]) {
  const repositoryId = await makeRepository(stack.bbs, machine.clientId, { name });
  const { url } = await stack.bbs.repositories.get.query({ id: repositoryId });
  const folder = agentFolder(machine.folder);
  // Goes away with the machine.
  const base = join(machine.folder, `bare-${name}`);
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production" as const,
    LANG: "C.UTF-8",
    BORG_BASE_DIR: base,
    BORG_RSH: borgRsh(folder),
    BORG_PASSPHRASE: await passphraseOf(stack, repositoryId),
    BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
  };
  let run = 0;
  return async () => {
    const words = createArguments({ archiveName: `bare-${run++}`, ...HOW_TO }, sources, url, machine.folder);
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      const borg = spawn("borg", words, { env, stdio: "ignore" });
      borg.once("error", reject);
      borg.once("exit", (code) =>
        code === 0 || code === 1 ? resolve() : reject(new Error(`borg ended with ${code}`)),
      );
    });
    return (performance.now() - began) / 1000;
  };
}
