import type { AGENT_PROBLEMS } from "~/protocol/v1";

export type ProblemCode = (typeof AGENT_PROBLEMS)[number];

/** Why a job could not be done. Ends the job as failed; `say` reaches the person in the console: what happened and what to do. */
export class AgentProblem extends Error {
  readonly code: ProblemCode;
  readonly say: string;

  constructor(code: ProblemCode, say: string, options?: ErrorOptions) {
    super(`${code}: ${say}`, options);
    this.name = "AgentProblem";
    this.code = code;
    this.say = say.slice(0, 2000);
  }
}
