import { LONGEST_POLL_SECONDS, type PollResponse, PROTOCOL_VERSION, pollResponse } from "~/protocol/v1";
import { describeAbilities } from "./abilities";
import type { AgentFolder } from "./agent-folder";
import { pause, retryMs } from "./backoff";
import { findBorg } from "./borg-program";
import type { HeldJobs } from "./held-jobs";
import { LinkError } from "./link-error";
import { describeMachine } from "./machine";
import { readPolicy, shownPolicy } from "./policy";
import type { ServerLink } from "./server-link";

/** How the last poll went; for `bbs-agent status`. */
export type PollState = { lastAnswerAt: string | null; trouble: string | null; clockAheadMs: number | null };

/**
 * Asks for work until the signal fires: one request that the server holds until there is something to do. After trouble it waits
 * longer each time, at random, so that a fleet does not storm a server that comes back. `asksAnew` gives the signal of the
 * next request: when it fires, a held request is given up, to ask again with the lanes that are free now (or not at all).
 */
export async function pollForever(
  parts: { folder: AgentFolder; link: ServerLink; jobs: HeldJobs; state: PollState },
  on: { note: (text: string) => void; changed: () => void; asksAnew: () => AbortSignal },
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const anew = on.asksAnew();
    try {
      const answer = await pollOnce(parts, anew);
      failures = 0;
      if (parts.state.trouble !== null) on.note("The server answers again.");
      parts.state.trouble = null;
      parts.state.lastAnswerAt = new Date().toISOString();
      parts.state.clockAheadMs = Date.now() - Date.parse(answer.serverTime);
      for (const jobId of answer.cancel) parts.jobs.cancel(jobId);
      for (const order of answer.jobs) await parts.jobs.take(order);
      on.changed();
      if (answer.reason === "shutdown") await pause(500 + Math.random() * 2000, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (anew.aborted) continue;
      if (!(error instanceof LinkError)) throw error;
      failures++;
      if (parts.state.trouble !== error.say) on.note(error.say);
      parts.state.trouble = error.say;
      on.changed();
      // A refusal does not change by asking often: a person has to do something first.
      const { retryAfterSeconds } = error;
      const tried = failures + (error.kind === "refused" ? 4 : 0);
      await pause(retryMs(tried, { mostMs: 60_000, retryAfterSeconds, random: Math.random() }), signal);
    }
  }
}

async function pollOnce(
  parts: { folder: AgentFolder; link: ServerLink; jobs: HeldJobs; state: PollState },
  signal: AbortSignal,
): Promise<PollResponse> {
  const { policy } = await readPolicy(parts.folder);
  const borg = await findBorg(policy);
  const request = {
    protocol: PROTOCOL_VERSION,
    machine: {
      ...(await describeMachine(borg?.version.text ?? null, parts.state.clockAheadMs)),
      ...(await describeAbilities(parts.folder)),
    },
    policy: shownPolicy(policy),
    freeLanes: parts.jobs.freeLanes(),
    holding: parts.jobs.holding(),
    // After trouble the first poll is answered at once, so that `status` and the console learn soon that all is well.
    waitSeconds: parts.state.trouble === null && parts.state.lastAnswerAt !== null ? LONGEST_POLL_SECONDS : 0,
  };
  return parts.link.post("api/agent/v1/poll", request, pollResponse, {
    seconds: request.waitSeconds + 30,
    signal,
  });
}
