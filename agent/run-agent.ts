import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { PROTOCOL_VERSION } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import type { AgentConfig } from "./config";
import { readIfThere, writeDurably } from "./durable-file";
import { HeldJobs } from "./held-jobs";
import { agentVersion } from "./machine";
import { parseJson } from "./parse-json";
import { PlainError } from "./plain-error";
import { type PollState, pollForever } from "./poll";
import { processIdentity } from "./process-identity";
import { ResultCourier } from "./result-courier";
import { keptResults } from "./result-store";
import { endLeftBehind, findLeftBehind, forgetRunning, type RunningJob } from "./running-jobs";
import { ServerLink } from "./server-link";
import { settleLeftAftermaths } from "./settle-aftermath";
import { SilenceAlarm } from "./silence-alarm";
import { settleUpdate } from "./update/settle-update";
import type { UpdateGround } from "./update/update-ground";

/** Milliseconds that results under way get when the agent is told to stop; the rest is delivered by the next start. */
const FAREWELL_MS = 3000;

/** What the running agent writes for `bbs-agent status`. */
export const agentStatus = z.object({
  pid: z.number(),
  identity: z.string().nullable(),
  version: z.string(),
  startedAt: z.string(),
  lastAnswerAt: z.string().nullable(),
  trouble: z.string().nullable(),
  clockAheadMs: z.number().nullable(),
  jobs: z.array(z.object({ jobId: z.string(), kind: z.string(), phase: z.string().nullable() })),
  resultsWaiting: z.number(),
  /** Since when this machine sounds its alarm because the server is silent; null: it does not. */
  alarmSince: z.string().nullable(),
});
export type AgentStatus = z.infer<typeof agentStatus>;

/**
 * Works until the signal fires, then ends every borg, keeps the results and returns; or until another version of the agent is to go on
 * (`switch`). First it clears up after an agent that was killed. Refuses to run twice on one folder.
 */
export async function runAgent(
  folder: AgentFolder,
  config: AgentConfig,
  ground: UpdateGround,
  note: (text: string) => void,
  stop: AbortSignal,
): Promise<"stopped" | "switch"> {
  await claimFolder(folder);
  const link = new ServerLink(config);
  const courier = new ResultCourier(folder, link, note);
  let anew = new AbortController();
  const state: PollState = { lastAnswerAt: null, trouble: null, clockAheadMs: null };
  const alarm = await SilenceAlarm.load(folder, config, note);
  const startedAt = new Date().toISOString();
  const identity = await processIdentity(process.pid);
  const writeStatus = () => {
    const status: AgentStatus = {
      pid: process.pid,
      identity,
      version: agentVersion,
      startedAt,
      ...state,
      jobs: jobs.describe(),
      resultsWaiting: courier.holding().length,
      alarmSince: alarm.alarmSince,
    };
    // Only for people to look at: a full disk must not stop the agent.
    writeFile(folder.status, JSON.stringify(status), { mode: 0o600 }).catch(() => undefined);
  };
  const over = new AbortController();
  const { signal } = over;
  const outcome: { end: "stopped" | "switch" } = { end: "stopped" };
  stop.addEventListener("abort", () => over.abort(), { once: true });
  if (stop.aborted) over.abort();
  const jobs = new HeldJobs(
    { folder, link, courier, ground },
    {
      note,
      change: () => {
        writeStatus();
        anew.abort();
      },
      handOver: () => {
        outcome.end = "switch";
        over.abort();
      },
    },
  );
  for (const result of await keptResults(folder)) courier.take(result);
  const update = await settleUpdate({ folder, ground, courier });
  jobs.holdUpdate(update.pending);
  await settleLeftBehind(folder, courier, update.pending?.jobId ?? null, note);
  jobs.clearUpFirst(settleLeftAftermaths(folder, note));
  note(`bbs-agent ${agentVersion} serves ${config.clientName}; server ${config.serverUrl}`);
  const asksAnew = () => {
    anew = new AbortController();
    if (signal.aborted) anew.abort();
    return anew.signal;
  };
  signal.addEventListener("abort", () => anew.abort(), { once: true });
  let confirming = Promise.resolve();
  const confirmOnce = () => {
    const { confirm } = update;
    update.confirm = null;
    if (confirm === null) return;
    confirming = confirm().then(
      () => jobs.holdUpdate(null),
      // It stays unconfirmed, so the launcher brings the one before back, which tells.
      (error: unknown) => note(`This version could not be confirmed: ${error}`),
    );
  };
  const changed = () => {
    if (state.trouble === null && state.lastAnswerAt !== null) {
      alarm.answered();
      confirmOnce();
    }
    writeStatus();
  };
  alarm.watch(() => state.trouble !== null, signal);
  try {
    await pollForever({ folder, link, jobs, state }, { note, changed, asksAnew }, signal);
    return outcome.end;
  } finally {
    await jobs.close();
    await confirming;
    await courier.stop(outcome.end === "switch" ? 0 : FAREWELL_MS);
    link.close();
    await rm(folder.status, { force: true });
    await rm(pidPath(folder), { force: true });
  }
}

/** What a killed agent left: its borg is ended, and the server is told what is known and what is not. */
async function settleLeftBehind(
  folder: AgentFolder,
  courier: ResultCourier,
  /** A job that this version is about to bring to its end. */
  goesOn: string | null,
  note: (text: string) => void,
): Promise<void> {
  const waiting = new Set(courier.holding().map(({ jobId }) => jobId));
  for (const job of await findLeftBehind(folder)) {
    // Killed between keeping the result and removing this record: the result is the truth.
    if (!waiting.has(job.jobId) && job.jobId !== goesOn) {
      const ended = await endLeftBehind(job);
      note(`Job ${job.jobId} (${job.kind}) was left behind by an agent that was killed.`);
      const say = [
        "The agent on the machine ended in the middle of this job (it was killed, or the machine went down).",
        ended ? "borg was still running and was ended now." : "borg was not running any more.",
        whatIsLeft(job),
        "Run the job again.",
      ].join(" ");
      await courier.keep({
        jobId: job.jobId,
        report: {
          protocol: PROTOCOL_VERSION,
          lease: job.lease,
          state: "failed",
          startedAt: job.startedAt ?? undefined,
          problem: { code: "agent-restarted", say },
        },
        log: [],
      });
    }
    await forgetRunning(folder, job.jobId);
  }
}

function whatIsLeft(job: RunningJob): string {
  if (job.kind === "backup") {
    return `If borg had already finished, the archive ${job.archiveName} is in the list all the same; otherwise nothing was added.`;
  }
  if (job.kind === "update-agent") return "The version that was running before goes on.";
  if (job.drill) return "What had been restored for the drill is removed by the agent that says this.";
  return job.kind === "restore"
    ? "Files that were already restored are where they were written."
    : "It only looked, so nothing was changed.";
}

const claim = z.object({ pid: z.number(), identity: z.string() });

function pidPath(folder: AgentFolder): string {
  return join(folder.state, "agent.pid");
}

async function claimFolder(folder: AgentFolder): Promise<void> {
  const held = claim.safeParse(parseJson((await readIfThere(pidPath(folder))) ?? ""));
  if (held.success && (await processIdentity(held.data.pid)) === held.data.identity) {
    throw new PlainError(`An agent already runs on ${folder.folder} (process ${held.data.pid}).`);
  }
  const identity = (await processIdentity(process.pid)) ?? "";
  await writeDurably(pidPath(folder), JSON.stringify({ pid: process.pid, identity }));
}
