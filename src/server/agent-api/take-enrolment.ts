import { Refusal } from "~/domain/refusal";
import { type EnrolRequest, type EnrolResponse, enrolRequest, PROTOCOL_VERSION } from "~/protocol/v1";
import { makeContext } from "../context";
import { admitMachine } from "../maintenance/admit-machine";
import { rateLimit } from "../rate-limits/postgres-store";
import { answerStranger } from "./endpoint";

/** Wrong tokens from one address in an hour. A token holds 256 random bits, so this only keeps noise out of the log; a person
 *  who pastes an old line a few times must not be locked out. */
const WRONG_TOKENS = { name: "enrolment-token-wrong", tries: 20, seconds: 3600 };

/** POST /api/agent/v1/enroll: a machine shows its one-time token and becomes a client. */
export function takeEnrolment(request: Request): Promise<Response> {
  const peer = request.headers.get("x-bbs-peer") ?? "unknown";
  return answerStranger(request, enrolRequest, (input) => enrol(input, peer));
}

async function enrol(input: EnrolRequest, peer: string): Promise<EnrolResponse> {
  const ctx = makeContext({ kind: "nobody" });
  const limit = rateLimit(ctx, WRONG_TOKENS);
  if ((await limit.getRemaining(peer)).remaining === 0) {
    throw new Refusal("rate-limited", {
      say: "Too many wrong enrolment tokens from this address. Wait an hour, or make a new line in the console then.",
    });
  }
  try {
    const { token, sshPublicKey, machine, policy } = input;
    const admitted = await admitMachine(ctx, { token, sshPublicKey, machine, policy });
    const { clientId, clientName, apiKey, ssh } = admitted;
    return { protocol: PROTOCOL_VERSION, clientId, clientName, apiKey, ssh };
  } catch (problem) {
    const wrong = problem instanceof Refusal && problem.code === "enrolment-token-invalid";
    if (wrong) await limit.limit(peer);
    throw problem;
  }
}
