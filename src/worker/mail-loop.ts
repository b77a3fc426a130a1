import { changeFeed } from "~/server/change-feed";
import { makeContext } from "~/server/context";
import { doorbell } from "~/server/doorbell";
import { log } from "~/server/log";
import { MAIL_QUEUE } from "~/server/mail/queue-mail";
import { sendDueMail } from "~/server/mail/send-due-mail";

/** A look without a wake: for tries that were put off, and for a wake that was lost with a connection. */
const SWEEP_MS = 10_000;
/** How long a mail that is under way may hold up the end of the worker; after that it is left to its lease. */
const GRACE_MS = 2_000;

export interface MailLoop {
  stop(): Promise<void>;
}

/** Sends mail as it is queued, one after the other, until stopped. Any number of workers may do so. */
export async function startMailLoop(given: { trust?: string; sweepMs?: number } = {}): Promise<MailLoop> {
  const { trust, sweepMs = SWEEP_MS } = given;
  const stopping = new AbortController();
  const bell = doorbell();
  const unlisten = (await changeFeed()).onChange((change) => {
    if (change === null || (change.entity === "system" && change.id === MAIL_QUEUE)) bell.ring();
  });
  const at = () => makeContext({ kind: "worker" });
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        while (!stopping.signal.aborted && (await sendDueMail(at, trust === undefined ? {} : { trust })));
      } catch (problem) {
        if (stopping.signal.aborted) return;
        log().warn({ err: problem }, "mail could not be looked after");
      }
      await bell.wait({ ms: sweepMs, signal: stopping.signal });
    }
  })();
  return {
    async stop() {
      stopping.abort();
      unlisten();
      await Promise.race([loop, new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
    },
  };
}
