import { Refusal } from "~/domain/refusal";
import { type EnrolRequest, type EnrolResponse, enrolRequest, PROTOCOL_VERSION } from "~/protocol/v1";
import { makeContext } from "../context";
import { admitMachine } from "../maintenance/admit-machine";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { answerStranger } from "./endpoint";

/** POST /api/agent/v1/enroll: a machine shows its one-time token and becomes a client. */
export function takeEnrolment(request: Request): Promise<Response> {
  const peer = request.headers.get("x-bbs-peer");
  return answerStranger(request, enrolRequest, (input) => enrol(input, peer));
}

/** Only wrong tokens are counted: a person's good line works also behind an address from which somebody guesses. */
async function enrol(input: EnrolRequest, peer: string | null): Promise<EnrolResponse> {
  const ctx = makeContext({ kind: "nobody" });
  try {
    const { token, sshPublicKey, machine, policy } = input;
    const admitted = await admitMachine(ctx, { token, sshPublicKey, machine, policy });
    const { clientId, clientName, apiKey, ssh } = admitted;
    return { protocol: PROTOCOL_VERSION, clientId, clientName, apiKey, ssh };
  } catch (problem) {
    const wrong = problem instanceof Refusal && problem.code === "enrolment-token-invalid";
    if (wrong) await demandTry(ctx, "agent-enrol", byAddress(peer));
    throw problem;
  }
}
