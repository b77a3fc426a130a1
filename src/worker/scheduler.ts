import { setMaxListeners } from "node:events";
import { sendDueDigests } from "~/server/alerts/digests";
import { escalateAlerts } from "~/server/alerts/escalate-alerts";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { hasDeadMan, queueAlive, queuePings } from "~/server/alerts/queue-pings";
import { purgeAlerts } from "~/server/alerts/send-due-delivery";
import { purgeDownloads } from "~/server/archives/download/purge-downloads";
import { searchGapsDaily } from "~/server/backups/search-gaps";
import { startDueBackups } from "~/server/backups/start-due-backups";
import { makeContext } from "~/server/context";
import { expireLeases } from "~/server/jobs/expire-leases";
import { purgeFolderListings } from "~/server/jobs/purge-folder-listings";
import { stopOverdue } from "~/server/jobs/stop-overdue";
import { wakePutOff } from "~/server/jobs/wake-put-off";
import { KeeperProblem } from "~/server/keeper-port";
import { log } from "~/server/log";
import { purgeMails } from "~/server/mail/purge-mails";
import { lookForImports, lookForLost } from "~/server/maintenance/look-for-imports";
import { maintainWhenDue } from "~/server/maintenance/maintain-when-due";
import { purgeScheduleRuns } from "~/server/schedules/purge-schedule-runs";
import { anchorJournalDaily } from "~/server/system/anchor-journal-daily";
import { recordNodeStatus } from "~/server/system/record-node-status";
import { verifyJournalDaily } from "~/server/system/verify-journal-daily";
import { checkFeed } from "~/server/updates/check-feed";
import { purgeUnfinished } from "~/server/updates/remove-release";
import { recordSessions } from "~/server/vault/record-sessions";
import { boundKeeper, type CallKeeper } from "./bound-keeper";
import { pause } from "./pause";

const SECOND = 1000;

export interface Scheduler {
  stop(): Promise<void>;
}

/**
 * What is done again and again. Short work only: anything long is a job. A task that fails is logged and done again at its next
 * time; one that still runs is not begun a second time.
 */
export function startScheduler(settings: { storageNodeId: string; callKeeper: CallKeeper }): Scheduler {
  const stopping = new AbortController();
  // One listener per task that pauses; node warns above ten.
  setMaxListeners(100, stopping.signal);
  const keeper = boundKeeper(settings.callKeeper, { signal: stopping.signal, timeoutMs: 30 * SECOND });
  const worker = () => makeContext({ kind: "worker" });
  const tasks = [
    repeat("expire leases", 10 * SECOND, stopping.signal, () => expireLeases(worker())),
    repeat("stop what runs too long", 10 * SECOND, stopping.signal, () => stopOverdue(worker())),
    repeat("wake what was put off", 5 * SECOND, stopping.signal, () => wakePutOff(worker())),
    repeat("start what is due", 5 * SECOND, stopping.signal, () => startDueBackups(worker())),
    // Sooner after a failure: nobody can enrol before the host keys are known.
    repeat("report the storage node", 30 * SECOND, stopping.signal, reportNode, 2 * SECOND),
    repeat("copy sessions", 5 * SECOND, stopping.signal, () =>
      recordSessions(worker(), keeper, { storageNodeId: settings.storageNodeId }),
    ),
    // Each repository at most once a day; looking often means that it happens soon after the worker was away.
    repeat("compact and release what is due", 900 * SECOND, stopping.signal, () =>
      maintainWhenDue(worker(), keeper),
    ),
    repeat("forget old due times", 3600 * SECOND, stopping.signal, () => purgeScheduleRuns(worker())),
    repeat("look for trouble", 60 * SECOND, stopping.signal, () => lookForTrouble(worker())),
    repeat("escalate alerts", 60 * SECOND, stopping.signal, () => escalateAlerts(worker())),
    repeat("ping for plans", 10 * SECOND, stopping.signal, () => queuePings(worker())),
    repeat("say that this server lives", 60 * SECOND, stopping.signal, sayAlive),
    repeat("send digests", 60 * SECOND, stopping.signal, () => sendDueDigests(worker())),
    repeat("forget old alerts", 3600 * SECOND, stopping.signal, () => purgeAlerts(worker())),
    repeat("forget old mails", 3600 * SECOND, stopping.signal, () => purgeMails(worker())),
    // Each once a day; looking often means that it happens soon after the worker was away.
    repeat("read the journal's chain", 900 * SECOND, stopping.signal, () =>
      verifyJournalDaily(worker(), { signal: stopping.signal }),
    ),
    repeat("anchor the journal", 900 * SECOND, stopping.signal, () => anchorJournalDaily(worker())),
    repeat("search for gaps", 600 * SECOND, stopping.signal, () => searchGapsDaily(worker())),
    repeat("look for folders to import", 60 * SECOND, stopping.signal, () =>
      lookForImports(worker(), keeper),
    ),
    repeat("look for repositories without a row", 600 * SECOND, stopping.signal, () =>
      lookForLost(worker(), keeper),
    ),
    repeat("forget old tickets of downloads", 3600 * SECOND, stopping.signal, () => purgeDownloads(worker())),
    // Once a day; an admin who asks for it waits a minute at most.
    repeat("ask the release feed", 60 * SECOND, stopping.signal, () =>
      checkFeed(worker(), { signal: stopping.signal }),
    ),
    repeat("throw away unfinished release files", 3600 * SECOND, stopping.signal, () =>
      purgeUnfinished(worker()),
    ),
    repeat("purge folder listings", 600 * SECOND, stopping.signal, () => purgeFolderListings(worker())),
  ];
  // A keeper that does not answer keeps the word back: then the switch is not held down.
  async function sayAlive() {
    if (!(await hasDeadMan(worker()))) return;
    await keeper.call("status", {});
    await queueAlive(worker());
  }
  async function reportNode() {
    const status = await keeper.call("status", {});
    await worker().db.transaction((tx) => recordNodeStatus({ ...worker(), db: tx }, { status }));
  }
  return {
    async stop() {
      stopping.abort();
      await Promise.all(tasks);
    },
  };
}

async function repeat(
  what: string,
  everyMs: number,
  signal: AbortSignal,
  task: () => Promise<unknown>,
  afterFailureMs = everyMs,
): Promise<void> {
  while (!signal.aborted) {
    let pauseMs = everyMs;
    try {
      await task();
    } catch (problem) {
      if (signal.aborted) return;
      pauseMs = afterFailureMs;
      const away = problem instanceof KeeperProblem && problem.passes;
      log().warn(away ? { say: problem.say, what } : { err: problem, what }, "scheduled work failed");
    }
    await pause(pauseMs, signal);
  }
}
