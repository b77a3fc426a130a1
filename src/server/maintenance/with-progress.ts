import { setTimeout as wait } from "node:timers/promises";
import { makeContext } from "../context";
import { type Hold, noteProgress } from "../jobs/worker-jobs";
import type { Keeper } from "../keeper-port";
import { log } from "../log";

const ASK_EVERY_MS = 2_000;

/** Waits for long work of the keeper, and meanwhile writes down how far it is, for whoever looks at the job. */
export async function withProgress<T>(
  keeper: Keeper,
  given: { clientId: string; repositoryId: string; hold: Hold },
  work: Promise<T>,
): Promise<T> {
  const { clientId, repositoryId, hold } = given;
  const over = new AbortController();
  const ask = async () => {
    while (!over.signal.aborted) {
      await wait(ASK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const ctx = makeContext({ kind: "worker" });
      const { progress } = await keeper.call("work-progress", { clientId, repositoryId });
      if (progress === null) continue;
      const { phase, doneBytes, totalBytes } = progress;
      await noteProgress(ctx, hold, {
        ...{ phase, files: 0, compressedBytes: 0, deduplicatedBytes: 0, currentPath: null, totalFiles: null },
        ...{ originalBytes: doneBytes, totalBytes: totalBytes === 0 ? null : totalBytes },
        at: ctx.now.toISOString(),
      });
    }
  };
  // It is only shown: the work itself says whether it fails.
  const asking = ask().catch((problem: unknown) => {
    if (!over.signal.aborted)
      log().warn({ err: problem, jobId: hold.jobId }, "the progress could not be read");
  });
  try {
    return await work;
  } finally {
    over.abort();
    await asking;
  }
}
