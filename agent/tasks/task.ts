import type { AgentJobResult, LogLine, Progress } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import type { ProblemCode } from "../agent-problem";
import type { BorgProgram } from "../borg-program";
import type { PolicyState } from "../policy";

/** What a task gets to work with. It returns its end or throws an `AgentProblem`; everything else that flies is our fault. */
export type TaskContext = {
  folder: AgentFolder;
  policy: PolicyState;
  borg: BorgProgram;
  /** Fires when borg has to end, whatever the reason; the caller knows which. */
  signal: AbortSignal;
  log: (level: LogLine["level"], message: string) => void;
  progress: (progress: Omit<Progress, "at">) => void;
  /** borg runs under this process number. */
  started: (pid: number) => void;
};

/** What looking at the machine gets: it may go on without borg. */
export type LookContext = Omit<TaskContext, "borg">;

/** How a task ended. `stopped`: it ended because the signal fired; the caller says what that means. */
export type TaskEnd =
  | { state: "succeeded" | "warned"; result: AgentJobResult }
  | { state: "failed"; problem: { code: ProblemCode; say: string }; result?: AgentJobResult }
  | { state: "stopped"; say: string; result?: AgentJobResult };
