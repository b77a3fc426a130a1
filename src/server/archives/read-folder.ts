import { and, eq, inArray, sql } from "drizzle-orm";
import { type ArchiveId, archiveId } from "~/domain/id";
import { isEnded } from "~/domain/job";
import type { JobProblem, JobResult } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { FolderEntry } from "~/keeper/contract/archives";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { enqueueJob } from "../jobs/enqueue-job";
import { type EndedJob, waitForJob } from "../jobs/wait-for-job";
import { getArchive } from "./get-archive";

/** How long a person waits for a folder before being told to try again. */
const LONGEST_WAIT_MS = 30_000;

export interface Folder {
  entries: FolderEntry[];
  /** There are more entries than are shown. */
  truncated: boolean;
}

/**
 * The direct children of a folder of an archive. The web has no storage, so the worker reads it; an archive never changes, so
 * a listing that was read before is used again while it is kept. Refuses archive-missing, storage-unavailable.
 */
export async function readFolder(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: ArchiveId; path: string; signal?: AbortSignal | undefined; waitMs?: number },
): Promise<Folder> {
  const archive = await getArchive(ctx, may, input);
  const known = await findListing(ctx, input);
  if (known && isEnded(known.state)) return asFolder(known);
  const jobId =
    known?.id ??
    (
      await ctx.db.transaction((tx) =>
        enqueueJob(
          { ...ctx, db: tx },
          {
            kind: "list-folder",
            clientId: archive.clientId,
            repositoryId: archive.repositoryId,
            payload: { archiveId: archiveId.parse(archive.id), archiveName: archive.name, path: input.path },
          },
        ),
      )
    ).jobId;
  const ended = await waitForJob(ctx, {
    jobId,
    timeoutMs: input.waitMs ?? LONGEST_WAIT_MS,
    signal: input.signal,
  });
  if (!ended) throw unavailable("Reading this folder takes longer than usual. Try again in a moment.");
  return asFolder(ended);
}

/** The newest listing of this folder that is ready or under way. */
async function findListing(ctx: Ctx, input: { archiveId: string; path: string }) {
  const [job] = await ctx.db
    .select({ id: jobs.id, state: jobs.state, problem: jobs.problem, result: jobs.result })
    .from(jobs)
    .where(
      and(
        eq(jobs.kind, "list-folder"),
        sql`${jobs.payload} ->> 'archiveId' = ${input.archiveId}`,
        sql`${jobs.payload} ->> 'path' = ${input.path}`,
        inArray(jobs.state, ["succeeded", "queued", "assigned", "running"]),
      ),
    )
    .orderBy(sql`${jobs.createdAt} desc`)
    .limit(1);
  return job;
}

function asFolder(job: EndedJob): Folder {
  if (job.state === "succeeded" && isFolder(job.result)) return job.result;
  const problem: JobProblem | null = job.problem;
  const say = problem?.say ?? "The folder could not be read. Try again.";
  throw problem?.code === "archive-missing" ? new Refusal("archive-missing", { say }) : unavailable(say);
}

/** The worker stored the keeper's answer, which was parsed there. */
function isFolder(result: JobResult | null): result is JobResult & Folder {
  return result?.kind === "list-folder" && Array.isArray(result.entries);
}

function unavailable(say: string): Refusal {
  return new Refusal("storage-unavailable", { say });
}
