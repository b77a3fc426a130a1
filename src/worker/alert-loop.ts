import { DELIVERY_QUEUE } from "~/server/alerts/queue-deliveries";
import { sendDueDelivery } from "~/server/alerts/send-due-delivery";
import { changeFeed } from "~/server/change-feed";
import { makeContext } from "~/server/context";
import { doorbell } from "~/server/doorbell";
import { log } from "~/server/log";

/** A look without a wake: for tries that were put off, and for a wake that was lost with a connection. */
const SWEEP_MS = 5_000;
/** Receivers that are slow hold up one place each. */
const PLACES = 4;
/** How long a word that is under way may hold up the end of the worker; after that it is left to its lease. */
const GRACE_MS = 2_000;

export interface AlertLoop {
  stop(): Promise<void>;
}

/** Sends alerts and pings as they are queued, a few at once, until stopped. Any number of workers may do so. */
export async function startAlertLoop(given: { sweepMs?: number } = {}): Promise<AlertLoop> {
  const { sweepMs = SWEEP_MS } = given;
  const stopping = new AbortController();
  const bells = Array.from({ length: PLACES }, () => doorbell());
  const unlisten = (await changeFeed()).onChange((change) => {
    if (change !== null && (change.entity !== "system" || change.id !== DELIVERY_QUEUE)) return;
    for (const bell of bells) bell.ring();
  });
  const at = () => makeContext({ kind: "worker" });
  const loops = bells.map(async (bell) => {
    while (!stopping.signal.aborted) {
      try {
        while (!stopping.signal.aborted && (await sendDueDelivery(at)));
      } catch (problem) {
        if (stopping.signal.aborted) return;
        log().warn({ err: problem }, "an alert could not be sent");
      }
      await bell.wait({ ms: sweepMs, signal: stopping.signal });
    }
  });
  return {
    async stop() {
      stopping.abort();
      unlisten();
      const grace = new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
      await Promise.race([Promise.all(loops), grace]);
    },
  };
}
