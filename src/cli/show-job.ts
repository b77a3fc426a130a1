import type { inferRouterOutputs } from "@trpc/server";
import { isEnded } from "~/domain/job";
import { jobResult } from "~/protocol/v1";
import type { AppRouter } from "~/server/api/root";
import { oneLine, showBytes, showInstant } from "./output";

export type ShownJob = inferRouterOutputs<AppRouter>["jobs"]["get"];

/** A job in a few lines. */
export function describeJob(job: ShownJob): string {
  const lines = [
    `${job.kind} of ${job.clientName}${job.planName ? ` (${job.planName})` : ""}: ${job.state}`,
    `made ${showInstant(job.createdAt)}, started ${showInstant(job.startedAt)}, ended ${showInstant(job.endedAt)}`,
  ];
  if (job.problem) lines.push(oneLine(job.problem.say));
  if (job.progress && !isEnded(job.state)) lines.push(describeProgress(job));
  return [...lines, ...describeResult(job), ...job.told.map(oneLine)].join("\n");
}

/** One line about where a job is now. */
export function describeProgress({ progress, state }: Pick<ShownJob, "progress" | "state">): string {
  if (!progress) return state;
  const parts = [state, progress.phase, `${progress.files} files`, showBytes(progress.originalBytes)];
  if (progress.totalBytes) parts.push(`of ${showBytes(progress.totalBytes)}`);
  if (progress.deduplicatedBytes) parts.push(`${showBytes(progress.deduplicatedBytes)} new`);
  if (progress.currentPath) parts.push(oneLine(progress.currentPath));
  return parts.join("  ");
}

/** What an agent's job came to; nothing for the server's own jobs. */
function describeResult(job: ShownJob): string[] {
  const { data: result } = jobResult.safeParse(job.result);
  if (result?.kind === "backup" && result.archive) {
    const { name, files, originalBytes, compressedBytes, deduplicatedBytes, durationSeconds } =
      result.archive;
    return [
      `archive ${name}: ${files} files, ${showBytes(originalBytes)} (${showBytes(compressedBytes)} compressed, ${showBytes(deduplicatedBytes)} new) in ${durationSeconds.toFixed(1)} s`,
    ];
  }
  if (result?.kind !== "restore") return [];
  return [
    `wrote ${result.files} files and ${result.directories} folders (${showBytes(result.bytes)}) to ${result.writtenTo ?? "nowhere"}; ${result.skippedCount} skipped`,
    ...result.skipped.map((one) => `not restored: ${oneLine(one.path)}: ${oneLine(one.why)}`),
  ];
}
