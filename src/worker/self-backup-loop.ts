import { env } from "~/env";
import { makeContext } from "~/server/context";
import { log } from "~/server/log";
import { carryOutSelfBackup } from "~/server/system/self-backup/carry-out-self-backup";
import { requestNightly } from "~/server/system/self-backup/request-self-backup";
import { boundKeeper, type CallKeeper } from "./bound-keeper";
import { pause } from "./pause";

/** A database of many gigabytes on a slow disk. */
const LIMIT_MS = 6 * 3_600_000;
/** How often it is asked whether the nightly one is due. */
const NIGHTLY_MS = 60_000;

/** Makes backups of this server: each night, and when somebody asks. One at a time, whatever number of workers there are. */
export function startSelfBackupLoop({
  callKeeper,
  pauseMs = 3000,
}: {
  callKeeper: CallKeeper;
  pauseMs?: number;
}): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const { signal } = stopping;
  const keeper = boundKeeper(callKeeper, { signal, timeoutMs: LIMIT_MS });
  const worker = () => makeContext({ kind: "worker" });
  let nightlyAt = 0;
  const loop = (async () => {
    while (!signal.aborted) {
      try {
        const ctx = worker();
        if (ctx.now.getTime() - nightlyAt >= NIGHTLY_MS) {
          await requestNightly(ctx);
          nightlyAt = ctx.now.getTime();
        }
        await carryOutSelfBackup(worker, keeper, { signal, databaseUrl: env().databaseUrl ?? "" });
      } catch (problem) {
        if (signal.aborted) return;
        log().warn({ err: problem }, "self-backups could not be looked after");
      }
      await pause(pauseMs, signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
