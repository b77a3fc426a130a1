import { rm } from "node:fs/promises";
import { type Aftermath, keepAftermath, leftAftermaths } from "./aftermath";
import type { AgentFolder } from "./agent-folder";
import { AgentProblem } from "./agent-problem";
import { pause } from "./backoff";
import { startContainer } from "./containers/containers";
import { type HookFacts, runHook } from "./hooks/run-hook";
import { type PolicyState, readPolicy } from "./policy";
import { processIdentity, signalProcess } from "./process-identity";
import { removePrivateFolder } from "./restore/scratch";
import { removeSnapshot, snapshotWords } from "./snapshots/remove-snapshot";

type Log = (level: "info" | "warning" | "error", message: string) => void;

/** What could not be put back in order, in words, by how much it matters. */
export type AftermathEnd = { containers: string[]; aborting: string[]; warnings: string[] };

/**
 * Puts everything back in order: containers first, because people wait for them, then snapshots and copies, then the scripts. Each thing
 * leaves the record when it was tried, so that a kill in between repeats at most the one that was under way. A cancel does not stop it; a
 * script is ended by its own time limit only.
 */
export async function settleAftermath(
  left: Aftermath,
  outcome: HookFacts["outcome"],
  run: { folder: AgentFolder; policy: PolicyState; log: Log },
): Promise<AftermathEnd> {
  const { folder, policy, log } = run;
  const end: AftermathEnd = { containers: [], aborting: [], warnings: [] };
  const tried = async () => keepAftermath(folder, left);
  for (const container of [...left.containers]) {
    const trouble = await startContainer(container);
    if (trouble === null) log("info", `Container ${container.name} was started again.`);
    else end.containers.push(`The container ${container.name} was stopped and does not start. ${trouble}`);
    left.containers.shift();
    await tried();
  }
  for (const snapshot of [...left.snapshots]) {
    const trouble = await removeSnapshot(snapshot);
    if (trouble !== null) {
      end.warnings.push(`The snapshot ${snapshotWords(snapshot)} could not be removed. ${trouble}`);
    }
    left.snapshots.shift();
    await tried();
  }
  for (const copy of [...left.copies]) {
    await rm(copy, { recursive: true, force: true });
    left.copies.shift();
    await tried();
  }
  if (left.scratch !== null) {
    await removePrivateFolder(left.scratch);
    left.scratch = null;
    await tried();
  }
  const facts = { jobId: left.jobId, planId: left.planId, archiveName: left.archiveName, outcome };
  for (const hook of [...left.hooks]) {
    const onStart = (pid: number) => rememberScript(folder, left, pid);
    const trouble = await tryHook(() => runHook(hook, { phase: "after", facts, policy, log, onStart }));
    left.process = null;
    if (trouble === null) log("info", `The script ${hook.name} has run.`);
    else {
      const said = `The script ${hook.name} failed after the backup. ${trouble}`;
      (hook.onFailure === "abort" ? end.aborting : end.warnings).push(said);
    }
    left.hooks.shift();
    await tried();
  }
  for (const said of [...end.containers, ...end.aborting]) log("error", said);
  for (const said of end.warnings) log("warning", said);
  return end;
}

/** Notes which script runs, so that the next start can end it before it goes on. A kill in this very moment leaves it to its own end. */
export function rememberScript(folder: AgentFolder, left: Aftermath, pid: number): void {
  void processIdentity(pid)
    .then(async (identity) => {
      if (identity === null) return;
      left.process = { pid, identity };
      await keepAftermath(folder, left);
    })
    .catch(() => undefined);
}

/** What agents that were killed left undone: done now, before new backups begin. */
export async function settleLeftAftermaths(folder: AgentFolder, note: (text: string) => void): Promise<void> {
  for (const left of await leftAftermaths(folder, note)) {
    note(`Puts back in order what the job ${left.jobId} left when the agent was killed.`);
    await endScript(left);
    const policy = await readPolicy(folder);
    await settleAftermath(left, "unknown", { folder, policy, log: (_, message) => note(message) });
  }
}

async function endScript(left: Aftermath): Promise<void> {
  if (left.process === null) return;
  const { pid, identity } = left.process;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (let waited = 0; waited < 5000; waited += 100) {
      if ((await processIdentity(pid)) !== identity) return;
      if (waited === 0) signalProcess(-pid, signal);
      await pause(100);
    }
  }
}

async function tryHook(run: () => Promise<string | null>): Promise<string | null> {
  try {
    return await run();
  } catch (error) {
    // The policy forbids it by now: told like any other failure, and the next one has its turn.
    if (error instanceof AgentProblem) return error.say;
    throw error;
  }
}
