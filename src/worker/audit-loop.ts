import type { KeeperOutput } from "~/keeper/contract";
import { makeContext } from "~/server/context";
import { KeeperProblem } from "~/server/keeper-port";
import { log } from "~/server/log";
import { queueAudits } from "~/server/vault/queue-audits";
import { boundKeeper, type CallKeeper } from "./bound-keeper";
import { pause } from "./pause";

/** How long the keeper holds the question when nothing is due. */
const HELD_SECONDS = 25;

export interface AuditLoop {
  stop(): Promise<void>;
}

/**
 * Asks the keeper again and again which repositories must be audited, and queues that: sessions that no job of ours began (made by hand, or
 * by an attacker) are judged as soon as they end. The keeper names one again only after a while, so what it named is kept until it is
 * queued; nothing is queued twice.
 */
export function startAuditLoop(settings: {
  callKeeper: CallKeeper;
  pauseMs?: number;
  pauseAfterFailureMs?: number;
}): AuditLoop {
  const { pauseMs = 200, pauseAfterFailureMs = 2000 } = settings;
  const stopping = new AbortController();
  const { signal } = stopping;
  const keeper = boundKeeper(settings.callKeeper, { signal, timeoutMs: (HELD_SECONDS + 30) * 1000 });
  let named: KeeperOutput<"next-audits">["repositories"] = [];
  const loop = (async () => {
    while (!signal.aborted) {
      try {
        if (named.length === 0) {
          named = (await keeper.call("next-audits", { waitSeconds: HELD_SECONDS })).repositories;
        }
        await queueAudits(makeContext({ kind: "worker" }), { repositories: named });
        named = [];
        await pause(pauseMs, signal);
      } catch (problem) {
        if (signal.aborted) return;
        const away = problem instanceof KeeperProblem && problem.passes;
        log().warn(away ? { say: problem.say } : { err: problem }, "it is not known what must be audited");
        await pause(pauseAfterFailureMs, signal);
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
