import { env } from "~/env";
import { callKeeper as realCallKeeper } from "~/keeper/client";
import { endCatalogPool } from "~/server/catalog-pool";
import { changeFeed } from "~/server/change-feed";
import { ensureStorageNode, MAIN_NODE } from "~/server/clients/ensure-storage-node";
import { makeContext, pool } from "~/server/context";
import { log } from "~/server/log";
import { takeInBuild } from "~/server/updates/take-in-build";
import { startAlertLoop } from "./alert-loop";
import { startAuditLoop } from "./audit-loop";
import type { CallKeeper } from "./bound-keeper";
import { CLAIMING, startClaiming } from "./claim";
import { startMailLoop } from "./mail-loop";
import { HEARTBEAT_MS } from "./run-job";
import { startScheduler } from "./scheduler";
import { startSelfBackupLoop } from "./self-backup-loop";

/** Time that running work gets to finish when the worker is stopped; then it is handed back to the queue. */
const GRACE_MS = 4000;

/** Starts the worker of this storage node: claims its jobs and does its regular work. Opens no port. */
export async function startWorker(
  given: { callKeeper?: CallKeeper; heartbeatMs?: number } = {},
): Promise<{ stop(graceMs?: number): Promise<void> }> {
  const callKeeper = given.callKeeper ?? realCallKeeper;
  const heartbeatMs = given.heartbeatMs ?? HEARTBEAT_MS;
  await ensureStorageNode(makeContext({ kind: "worker" }));
  const claiming = await startClaiming({ ...CLAIMING, storageNodeId: MAIN_NODE, callKeeper, heartbeatMs });
  // Work does not wait for it, and a release that cannot be taken in keeps nobody from working.
  void takeInBuild(makeContext({ kind: "worker" }), env().releases).catch((problem: unknown) =>
    log().error({ err: problem }, "the release of this build was not taken in"),
  );
  const scheduler = startScheduler({ storageNodeId: MAIN_NODE, callKeeper });
  const audits = startAuditLoop({ callKeeper });
  const selfBackups = startSelfBackupLoop({ callKeeper });
  const mail = await startMailLoop();
  const alerts = await startAlertLoop();
  return {
    async stop(graceMs = GRACE_MS) {
      await Promise.all([
        claiming.stop(graceMs),
        scheduler.stop(),
        audits.stop(),
        selfBackups.stop(),
        mail.stop(),
        alerts.stop(),
      ]);
      await (await changeFeed()).close();
      await endCatalogPool();
      await pool().end();
    },
  };
}
