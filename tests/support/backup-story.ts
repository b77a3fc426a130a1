import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { isEnded } from "~/domain/job";
import { restoreResult } from "~/protocol/v1";
import type { AppRouter } from "~/server/api/root";
import { until } from "./until";

/** The steps of a person's story, over the typed client. */
export type Job = inferRouterOutputs<AppRouter>["jobs"]["get"];
type NewPlan = inferRouterInputs<AppRouter>["plans"]["create"];

/** Makes a repository and waits until the keeper has made it. */
export async function makeRepository(
  bbs: BbsClient,
  clientId: string,
  { name = "main", quotaBytes = null }: { name?: string; quotaBytes?: number | null } = {},
): Promise<string> {
  const { id, jobId } = await bbs.repositories.create.mutate({ clientId, name, quotaBytes });
  const job = await jobEnded(bbs, jobId);
  if (job.state !== "succeeded") throw new Error(`no repository: ${job.problem?.say ?? job.state}`);
  return id;
}

export async function makePlan(
  bbs: BbsClient,
  plan: Pick<NewPlan, "clientId" | "repositoryId" | "sources"> & Partial<NewPlan>,
): Promise<string> {
  const { id } = await bbs.plans.create.mutate({
    name: "everything",
    excludes: [],
    compression: "lz4",
    oneFileSystem: false,
    excludeCaches: false,
    ...plan,
  });
  return id;
}

/** Presses "Back up now" and waits for the end. */
export async function backUp(bbs: BbsClient, planId: string, seconds = 120): Promise<Job> {
  const { jobId } = await bbs.plans.run.mutate({ id: planId });
  return jobEnded(bbs, jobId, seconds);
}

/** The job once it has ended, whatever came of it. */
export async function jobEnded(bbs: BbsClient, id: string, seconds = 120): Promise<Job> {
  let job = await bbs.jobs.get.query({ id });
  await until(
    `job ${id} (${job.kind}) ends`,
    async () => {
      job = await bbs.jobs.get.query({ id });
      return isEnded(job.state);
    },
    { seconds, everyMs: 200 },
  );
  return job;
}

/** Waits until borg of this job has read at least so much: the middle of a backup. */
export async function jobUnderWay(bbs: BbsClient, id: string, originalBytes = 1): Promise<void> {
  await until(
    `job ${id} is under way`,
    async () => {
      const job = await bbs.jobs.get.query({ id });
      if (isEnded(job.state)) throw new Error(`it ended too early as ${job.state}: ${job.problem?.say}`);
      return job.state === "running" && (job.progress?.originalBytes ?? 0) >= originalBytes;
    },
    { seconds: 60 },
  );
}

/** The archive of a backup once it stands in the ledger with its numbers, which follow a moment later. */
export async function archiveOf(bbs: BbsClient, jobId: string) {
  const find = async () =>
    (await bbs.archives.list.query({ limit: 200 })).items.find(
      (one) => one.jobId === jobId && one.fileCount !== null,
    );
  await until(`the archive of job ${jobId} stands in the ledger`, async () => (await find()) !== undefined);
  const found = await find();
  if (!found) throw new Error("it has vanished again");
  return found;
}

/** What a restore says that it wrote. */
export function restoreOf(job: Job) {
  return restoreResult.parse(job.result);
}
