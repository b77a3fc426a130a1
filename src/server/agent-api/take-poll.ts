import { pollRequest } from "~/protocol/v1";
import { answerAgent } from "./endpoint";
import { holdPoll } from "./hold-poll";

/** POST /api/agent/v1/poll: held until there is work for the machine, at most as long as it asks. */
export function takePoll(request: Request): Promise<Response> {
  return answerAgent(request, pollRequest, (ctx, poll, again) =>
    holdPoll(ctx, poll, { again, signal: request.signal }),
  );
}
