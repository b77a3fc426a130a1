import { type ProbationResponse, probationRequest } from "~/protocol/agent-update";
import { answerAgent } from "./endpoint";

/** POST /api/agent/v1/probation: a new version of an agent shows that it gets through with its machine's key. Nothing is stored. */
export function takeProbation(request: Request): Promise<Response> {
  return answerAgent(request, probationRequest, async (): Promise<ProbationResponse> => {
    return { serverTime: new Date().toISOString() };
  });
}
