import { join } from "node:path";
import { z } from "zod";
import type { JobOrder } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { pause } from "./backoff";
import { namesIn, readIfThere, removeDurably, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";
import { processIdentity, signalProcess } from "./process-identity";

/** What is on disk about a job that is being worked on. No secret is in it. */
export const runningJob = z.object({
  jobId: z.string(),
  lease: z.number().int(),
  kind: z.enum(["backup", "restore", "browse-disk", "dry-run", "find-gaps", "update-agent"]),
  /** Empty: it only looked. */
  archiveName: z.string(),
  /** What it restores is removed again. */
  drill: z.boolean().default(false),
  acceptedAt: z.string(),
  startedAt: z.string().nullable(),
  /** borg's process (leader of its own group) and its identity; null before it was started. */
  process: z.object({ pid: z.number().int().positive(), identity: z.string() }).nullable(),
  /** Highest sequence number of a log line handed out so far; the next start continues above. */
  logSequence: z.number().int().default(0),
});
export type RunningJob = z.infer<typeof runningJob>;

/** The record with which a job begins. */
export function acceptedJob(order: JobOrder, at: Date): RunningJob {
  return {
    jobId: order.jobId,
    lease: order.lease,
    kind: order.kind,
    archiveName: archiveOf(order),
    drill: order.kind === "restore" && order.drill !== undefined,
    acceptedAt: at.toISOString(),
    startedAt: null,
    process: null,
    logSequence: 0,
  };
}

function archiveOf(order: JobOrder): string {
  if (order.kind === "backup") return order.archiveName;
  return order.kind === "restore" ? order.archive.name : "";
}

export async function recordRunning(folder: AgentFolder, job: RunningJob): Promise<void> {
  await writeDurably(recordPath(folder, job.jobId), JSON.stringify(job));
}

export async function forgetRunning(folder: AgentFolder, jobId: string): Promise<void> {
  await removeDurably(recordPath(folder, jobId));
}

/** Jobs that a killed agent left behind. A record that cannot be read is removed: its job is then missing from the next poll. */
export async function findLeftBehind(folder: AgentFolder): Promise<RunningJob[]> {
  const jobs: RunningJob[] = [];
  for (const name of await namesIn(folder.running)) {
    if (!name.endsWith(".json")) continue;
    const parsed = runningJob.safeParse(parseJson((await readIfThere(join(folder.running, name))) ?? ""));
    if (parsed.success) jobs.push(parsed.data);
    else await removeDurably(join(folder.running, name));
  }
  return jobs;
}

/**
 * Ends what a killed agent left running: borg is asked to stop as by a person (it then leaves the repository in order and frees
 * the lock), made to after `patienceMs`. Resolves when nothing of it runs. True when there was something to end.
 */
export async function endLeftBehind(job: RunningJob, patienceMs = 15_000): Promise<boolean> {
  if (job.process === null) return false;
  const { pid, identity } = job.process;
  const alive = async () => (await processIdentity(pid)) === identity;
  if (!(await alive())) return false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    signalProcess(signal === "SIGKILL" ? -pid : pid, signal);
    for (let waited = 0; waited < patienceMs; waited += 100) {
      await pause(100);
      if (!(await alive())) return true;
    }
  }
  return true;
}

function recordPath(folder: AgentFolder, jobId: string): string {
  return join(folder.running, `${jobId}.json`);
}
