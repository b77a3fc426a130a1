import { randomBytes } from "node:crypto";
import { archiveId, planId } from "~/domain/id";
import type { JobState } from "~/domain/job";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { jobLogLines, jobs } from "~/server/db/schema/jobs";
import { archiveLedger, gateSessions } from "~/server/db/schema/vault";
import { topFolder } from "./screens-folder";
import { restoreRows } from "./screens-restores";

export interface SeededPlan {
  clientId: string;
  clientName: string;
  repositoryId: string;
  planId: string;
  name: string;
  sources: string[];
  excludes: string[];
  gigabytes: number;
}

export interface History {
  archiveId: string;
  jobs: Record<ShownJob, string>;
}

type ShownJob =
  | "running"
  | "failed"
  | "warned"
  | "succeeded"
  | "restored"
  | "cutOff"
  | "dryRun"
  | "waiting"
  | "blocked"
  | "silent"
  | "stopping";

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

/** A month of daily backups, most fine, some not; one that runs now; a restore; the sessions and the newest log lines. */
export async function seedHistory(ctx: Ctx, plans: readonly SeededPlan[]): Promise<History> {
  const jobRows: (typeof jobs.$inferInsert)[] = [];
  const archiveRows: (ReturnType<typeof archiveRow> & { sessionSequence: number })[] = [];
  const sessionRows: (typeof gateSessions.$inferInsert)[] = [];
  for (const [index, plan] of plans.entries()) {
    for (let day = 29; day >= 0; day--) {
      if (plan.clientName === "laptop-ada" && [3, 4, 10, 11, 17, 18, 24, 25].includes(day)) continue;
      const state = stateOf(index, day);
      const startedAt = new Date(ctx.now.getTime() - day * DAY_MS - (70 + index * 41) * 60_000);
      const seconds = 40 + plan.gigabytes * 2.3 + (day % 7) * 11;
      const job = backupRow(plan, { startedAt, seconds, state });
      // In the order of time: the plans of a day, one after the other.
      const sequence = (29 - day) * plans.length + plans.length - index;
      jobRows.push(job);
      sessionRows.push(sessionRow(plan, { startedAt, seconds, sequence, state }));
      if (state !== "failed") {
        archiveRows.push({ ...archiveRow(plan, job, startedAt, seconds, day), sessionSequence: sequence });
      }
    }
  }
  numberTransactions(sessionRows);
  const [first] = plans;
  const newest = archiveRows.findLast((row) => row.planId === first?.planId);
  if (!first || !newest) throw new Error("there is nothing to show");
  const running = runningRow(plans[1] ?? first, ctx.now);
  const restores = restoreRows((run) => backupRow(first, run), newest, ctx.now);
  const standing = standingRows(plans, ctx.now);
  jobRows.push(
    running,
    ...Object.values(restores),
    ...Object.values(standing),
    folderRow(first, newest, ctx.now),
  );
  await ctx.db.insert(jobs).values(jobRows);
  await ctx.db.insert(archiveLedger).values(archiveRows);
  await ctx.db
    .insert(gateSessions)
    .values([...sessionRows, refusedSession(first, ctx.now, 30 * plans.length + 1)]);
  const ended = (state: JobState) =>
    jobRows.findLast((row) => row.kind === "backup" && row.state === state)?.id ?? "";
  const shown = {
    running: running.id,
    failed: ended("failed"),
    warned: ended("warned"),
    succeeded: ended("succeeded"),
    restored: restores.restored.id,
    cutOff: restores.cutOff.id,
    dryRun: restores.dryRun.id,
    waiting: standing.waiting.id,
    blocked: standing.blocked.id,
    silent: standing.silent.id,
    stopping: standing.stopping.id,
  };
  const begun = [shown.running, shown.failed, shown.warned, shown.succeeded, shown.restored, shown.silent];
  for (const id of begun)
    await seedLog(ctx, id, {
      failed: id === shown.failed,
      ended: id !== shown.running && id !== shown.silent,
    });
  return { archiveId: newest.id, jobs: shown };
}

function stateOf(index: number, day: number): JobState {
  if ((index === 2 && day === 0) || (index === 1 && day === 12)) return "failed";
  return (index * 7 + day) % 11 === 4 ? "warned" : "succeeded";
}

function backupRow(plan: SeededPlan, run: { startedAt: Date; seconds: number; state: JobState }) {
  const endedAt = new Date(run.startedAt.getTime() + run.seconds * 1000);
  const failed = run.state === "failed";
  const originalBytes = plan.gigabytes * GIB;
  return {
    id: newId(),
    runId: newId(),
    kind: "backup" as const,
    executor: "agent" as const,
    lane: "backup" as const,
    clientId: plan.clientId,
    repositoryId: plan.repositoryId,
    planId: plan.planId,
    state: run.state,
    payload: {
      planId: planId.parse(plan.planId),
      archiveName: `${plan.name.toLowerCase()}-${run.startedAt.toISOString().slice(0, 16).replace(":", "")}`,
      sources: plan.sources,
      excludes: plan.excludes,
      compression: "zstd,6",
      oneFileSystem: true,
      excludeCaches: true,
    },
    progress: failed
      ? null
      : { ...progressAt(endedAt, plan.gigabytes), phase: "finishing", currentPath: null },
    problem: failed
      ? {
          code: "repository-full",
          say: "The repository has reached its quota of 256 GiB. Raise the quota or remove archives, then back up again.",
        }
      : null,
    result: failed
      ? null
      : {
          kind: "backup",
          archive: {
            borgId: randomBytes(32).toString("hex"),
            name: "archive",
            startedAt: run.startedAt.toISOString(),
            endedAt: endedAt.toISOString(),
            durationSeconds: run.seconds,
            originalBytes,
            compressedBytes: Math.round(originalBytes * 0.61),
            deduplicatedBytes: Math.round(originalBytes * 0.012),
            files: Math.round(plan.gigabytes * 9100),
          },
          warnings: run.state === "warned" ? 3 : 0,
          borgExitCode: run.state === "warned" ? 1 : 0,
          borgVersion: "1.4.0",
        },
    lease: 1,
    createdAt: new Date(run.startedAt.getTime() - 80),
    assignedAt: new Date(run.startedAt.getTime() - 50),
    startedAt: run.startedAt,
    endedAt,
  };
}

function archiveRow(
  plan: SeededPlan,
  job: ReturnType<typeof backupRow>,
  at: Date,
  seconds: number,
  day: number,
) {
  const originalBytes = Math.round(plan.gigabytes * GIB * (1 - day * 0.002));
  return {
    id: newId(),
    repositoryId: plan.repositoryId,
    borgId: randomBytes(32).toString("hex"),
    name: job.payload.archiveName,
    planId: plan.planId,
    jobId: job.id,
    observedAt: new Date(at.getTime() + seconds * 1000),
    claimedStartAt: at,
    claimedEndAt: new Date(at.getTime() + seconds * 1000),
    hostname: plan.clientName,
    username: "root",
    originalBytes,
    compressedBytes: Math.round(originalBytes * 0.61),
    deduplicatedBytes: Math.round(originalBytes * (0.004 + (day % 5) * 0.003)),
    fileCount: Math.round(plan.gigabytes * 9100),
    durationSeconds: seconds,
  };
}

function runningRow(plan: SeededPlan, now: Date) {
  const row = backupRow(plan, { startedAt: new Date(now.getTime() - 252_000), seconds: 1, state: "running" });
  return {
    ...row,
    result: null,
    endedAt: null,
    leaseExpiresAt: new Date(now.getTime() + DAY_MS),
    progress: progressAt(now, 41),
  };
}

/** Jobs that stand still, each for its own reason: behind another, for want of borg, without a word, on the way to its end. */
function standingRows(plans: readonly SeededPlan[], now: Date) {
  const of = (clientName: string) => {
    const plan = plans.find((one) => one.clientName === clientName);
    if (!plan) throw new Error(`${clientName} has no plan`);
    return plan;
  };
  const active = (plan: SeededPlan, minutes: number, state: JobState) => {
    const startedAt = new Date(now.getTime() - minutes * 60_000);
    return { ...backupRow(plan, { startedAt, seconds: 1, state }), result: null, endedAt: null };
  };
  const unbegun = { startedAt: null, assignedAt: null, lease: 0, progress: null };
  return {
    waiting: {
      ...active(of("web-01"), 3, "queued"),
      ...unbegun,
      problem: {
        code: "repository-busy",
        say: "Waits until another job has finished writing to this repository.",
      },
    },
    blocked: {
      ...active(of("db-01"), 9, "blocked"),
      ...unbegun,
      problem: {
        code: "borg-missing",
        say: "There is no borg on this machine. Install it (Debian: apt install borgbackup); the job starts by itself then.",
      },
    },
    silent: {
      ...active(of("laptop-ada"), 41, "running"),
      leaseExpiresAt: new Date(now.getTime() - 22 * 60_000),
      progress: progressAt(new Date(now.getTime() - 26 * 60_000), 12),
    },
    stopping: {
      ...active(of("mail"), 6, "running"),
      leaseExpiresAt: new Date(now.getTime() + DAY_MS),
      cancelRequestedAt: new Date(now.getTime() - 20_000),
      progress: progressAt(now, 17),
    },
  };
}

/** What a backup reports; `gigabytes` read so far. */
export function progressAt(now: Date, gigabytes: number) {
  return {
    phase: "creating",
    files: Math.round(gigabytes * 9100),
    originalBytes: Math.round(gigabytes * GIB),
    compressedBytes: Math.round(gigabytes * GIB * 0.61),
    deduplicatedBytes: Math.round(gigabytes * GIB * 0.014),
    totalBytes: null,
    totalFiles: null,
    currentPath: "/srv/www/shop.example.org/media/catalog/product/cache/0/1/image-of-a-lamp_2048x2048.jpg",
    at: now.toISOString(),
  };
}

/** The top folder of an archive as it was read a minute ago: its page shows it without a worker. */
export function folderRow(
  plan: SeededPlan,
  archive: { id: string; name: string; claimedStartAt: Date },
  now: Date,
) {
  const row = backupRow(plan, {
    startedAt: new Date(now.getTime() - 60_000),
    seconds: 1,
    state: "succeeded",
  });
  return {
    ...row,
    kind: "list-folder" as const,
    executor: "worker" as const,
    lane: "storage" as const,
    planId: null,
    payload: { archiveId: archiveId.parse(archive.id), archiveName: archive.name, path: "" },
    result: { kind: "list-folder", entries: topFolder(archive.claimedStartAt), truncated: false },
  };
}

function sessionRow(
  plan: SeededPlan,
  run: { startedAt: Date; seconds: number; sequence: number; state: JobState },
) {
  return {
    id: `${run.sequence}@main`,
    storageNodeId: "main",
    sequence: run.sequence,
    clientId: plan.clientId,
    peerAddress: "198.51.100.24",
    startedAt: run.startedAt,
    endedAt: new Date(run.startedAt.getTime() + run.seconds * 1000),
    bytesIn: Math.round(plan.gigabytes * GIB * 0.012),
    bytesOut: 1_482_113,
    exitCode: run.state === "failed" ? 2 : 0,
    refused: null,
    repositoryId: plan.repositoryId,
    writing: true,
    transactionBefore: 0,
    transactionAfter: 0,
  };
}

/** Gives the sessions of each repository the transactions they went from and to: three segments each, none for one that failed. */
function numberTransactions(rows: (typeof gateSessions.$inferInsert)[]): void {
  const last = new Map<string | null | undefined, number>();
  for (const row of rows.toSorted((a, b) => a.sequence - b.sequence)) {
    const before = last.get(row.repositoryId) ?? 2;
    row.transactionBefore = before;
    row.transactionAfter = before + (row.exitCode === 0 ? 3 : 0);
    last.set(row.repositoryId, row.transactionAfter);
  }
}

function refusedSession(plan: SeededPlan, now: Date, sequence: number) {
  const startedAt = new Date(now.getTime() - 5 * 3_600_000);
  const run = { startedAt, seconds: 0, sequence, state: "failed" as const };
  return {
    ...sessionRow(plan, run),
    bytesIn: 0,
    bytesOut: 61,
    exitCode: 1,
    refused: "asked for a shell; only borg serve is allowed",
    repositoryId: null,
    writing: false,
    transactionBefore: null,
    transactionAfter: null,
  };
}

async function seedLog(ctx: Ctx, jobId: string, given: { failed: boolean; ended: boolean }): Promise<void> {
  const { failed, ended } = given;
  const lines: ["info" | "warning" | "error" | "debug", string][] = [
    ["info", "borg 1.4.0 starts: create --json --log-json --progress, compression zstd,6"],
    ["info", 'Creating archive at "ssh://bbs@backup.example.org:2222/~/repos/main"'],
    ["debug", "chunks cache is up to date"],
    ["warning", "/srv/www/shop.example.org/var/session/sess_91: file changed while we backed it up"],
    ...(failed
      ? ([["error", "Repository has exceeded its storage quota: 256.00 GiB"]] as const).map(
          (line) => [...line] as ["error", string],
        )
      : []),
    ...(ended
      ? ([["info", failed ? "borg ended with code 2" : "Archive is committed"]] as ["info", string][])
      : []),
  ];
  await ctx.db.insert(jobLogLines).values(
    lines.map(([level, message], index) => ({
      jobId,
      lease: 1,
      sequence: index + 1,
      at: new Date(ctx.now.getTime() - 250_000 + index * 900),
      level,
      message,
    })),
  );
}
