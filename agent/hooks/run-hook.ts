import { homedir } from "node:os";
import type { HookOrder } from "~/protocol/backup-extras";
import { AgentProblem } from "../agent-problem";
import type { PolicyState } from "../policy";
import { runProgram, troubleOf } from "../run-program";
import { readTrusted } from "../trusted-file";

/** Lines of one script that go into the job's log; the rest is counted. */
const MOST_LINES = 500;

/** What a script is told through its environment, besides `BBS_PHASE`. */
export type HookFacts = {
  jobId: string;
  planId: string;
  archiveName: string;
  /** Before: `running`. After: what became of the backup. */
  outcome: "running" | "succeeded" | "warned" | "failed" | "stopped" | "unknown";
};

type HookRun = {
  phase: "before" | "after";
  facts: HookFacts;
  policy: PolicyState;
  log: (level: "info" | "warning", message: string) => void;
  signal?: AbortSignal;
  onStart?: (pid: number) => void;
};

/**
 * The command of a script that the policy lists. Refuses names that it does not list, and files that another account could have written:
 * a hostile server can make this machine run only what its administrator wrote down, with the arguments that stand there.
 */
export async function hookCommand(name: string, policy: PolicyState): Promise<[string, ...string[]]> {
  if (!policy.readable) throw forbidden(`No script may run: ${policy.why}.`);
  const hook = Object.entries(policy.policy.hooks ?? {}).find(([listed]) => listed === name)?.[1];
  if (!hook) throw forbidden(`The policy of this machine lists no script of the name ${name}.`);
  const [command, ...args] = hook.command;
  const trusted = await readTrusted(command);
  if (trusted.path === null) throw forbidden(`The script ${name} is not run: ${trusted.why}.`);
  return [trusted.path, ...args];
}

/** Runs one script to its end or its time limit. Answers why it failed, or null. What it prints goes into the log. */
export async function runHook(hook: HookOrder, run: HookRun): Promise<string | null> {
  const [command, ...args] = await hookCommand(hook.name, run.policy);
  let printed = 0;
  const end = await runProgram({
    command,
    args,
    env: {
      HOME: homedir(),
      BBS_PHASE: run.phase,
      BBS_JOB: run.facts.jobId,
      BBS_PLAN: run.facts.planId,
      BBS_ARCHIVE: run.facts.archiveName,
      BBS_OUTCOME: run.facts.outcome,
    },
    limitSeconds: hook.timeoutSeconds,
    signal: run.signal,
    onStart: run.onStart,
    onLine: (line) => {
      printed++;
      if (printed <= MOST_LINES) run.log("info", `${hook.name}: ${line}`);
    },
  });
  if (printed > MOST_LINES) run.log("info", `${hook.name}: ${printed - MOST_LINES} further lines.`);
  const trouble = troubleOf(end);
  if (end.stopped === "timed-out") return `It ran longer than ${hook.timeoutSeconds} s and was ended.`;
  return trouble;
}

function forbidden(say: string): AgentProblem {
  return new AgentProblem(
    "policy-forbids-hook",
    `${say} The machine's administrator can change that in its policy file.`,
  );
}
