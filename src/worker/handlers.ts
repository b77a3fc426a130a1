import type { WorkerJobKind } from "~/domain/job";
import { type JobPayloadOf, type JobResult, jobPayloads } from "~/domain/job-payload";
import { deleteArchives } from "~/server/archives/delete-archives";
import { listFolder } from "~/server/archives/list-folder";
import type { Ctx } from "~/server/context";
import type { ClaimedJob } from "~/server/jobs/claim-job";
import type { Keeper } from "~/server/keeper-port";
import { makeRepository } from "~/server/maintenance/make-repository";
import { measureRepository } from "~/server/maintenance/measure-repository";
import { provisionClient } from "~/server/maintenance/provision-client";
import { removeAccount } from "~/server/maintenance/remove-account";
import { recordArchives } from "~/server/vault/record-archives";

/** What is done for a kind of job, and how long it may take. Everything here may run twice: a worker can die at any line. */
export interface Handler {
  limitSeconds: number;
  run(ctx: Ctx, keeper: Keeper, job: ClaimedJob): Promise<JobResult>;
}

/** Edit when a kind of server-side work is added; it does not compile until it stands here. */
export const handlers: Record<WorkerJobKind, Handler> = {
  "provision-client": {
    limitSeconds: 120,
    run: async (ctx, keeper, job) => ({ kind: job.kind, ...(await provisionClient(ctx, keeper, job)) }),
  },
  "remove-client": {
    limitSeconds: 300,
    run: async (ctx, keeper, job) => {
      await removeAccount(ctx, keeper, { clientId: job.clientId });
      return { kind: job.kind };
    },
  },
  "create-repository": {
    limitSeconds: 300,
    run: async (ctx, keeper, job) => ({
      kind: job.kind,
      ...(await makeRepository(ctx, keeper, repositoryOf(job))),
    }),
  },
  "audit": {
    // A first look at a repository with thousands of archives describes each of them.
    limitSeconds: 4 * 3600,
    run: async (ctx, keeper, job) => {
      const recorded = await recordArchives(ctx, keeper, repositoryOf(job));
      const { bytes } = await measureRepository(ctx, keeper, repositoryOf(job));
      return { kind: job.kind, ...recorded, repositoryBytes: bytes };
    },
  },
  "list-folder": {
    limitSeconds: 300,
    run: async (ctx, keeper, job) => {
      const payload = payloadOf("list-folder", job);
      return { kind: job.kind, ...(await listFolder(ctx, keeper, { ...repositoryOf(job), payload })) };
    },
  },
  "trash-archives": {
    limitSeconds: 3600,
    run: async (ctx, keeper, job) => {
      const { archiveIds } = payloadOf("trash-archives", job);
      return { kind: job.kind, ...(await deleteArchives(ctx, keeper, { ...repositoryOf(job), archiveIds })) };
    },
  },
};

function repositoryOf(job: ClaimedJob): { clientId: string; repositoryId: string } {
  if (job.repositoryId === null) throw new Error(`job ${job.id} (${job.kind}) names no repository`);
  return { clientId: job.clientId, repositoryId: job.repositoryId };
}

function payloadOf<K extends WorkerJobKind>(kind: K, job: ClaimedJob): JobPayloadOf<K> {
  return jobPayloads[kind].parse(job.payload) as JobPayloadOf<K>;
}
