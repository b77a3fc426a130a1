import type { WorkerJobKind } from "~/domain/job";
import { type JobPayloadOf, type JobProblem, type JobResult, jobPayloads } from "~/domain/job-payload";
import { scoreArchives } from "~/server/archives/anomaly/score-archives";
import { bringBackArchives } from "~/server/archives/bring-back";
import { streamFiles } from "~/server/archives/download/stream-files";
import { fillCatalog } from "~/server/archives/fill-catalog";
import { listFolder } from "~/server/archives/list-folder";
import { protectArchives } from "~/server/archives/protect";
import { prunePlan } from "~/server/archives/prune-plan";
import { trashArchives } from "~/server/archives/trash-archives";
import type { Ctx } from "~/server/context";
import type { ClaimedJob } from "~/server/jobs/claim-job";
import type { Hold } from "~/server/jobs/worker-jobs";
import type { Keeper } from "~/server/keeper-port";
import { auditAndMeasure } from "~/server/maintenance/audit-and-measure";
import { breakLock } from "~/server/maintenance/break-lock";
import { deleteRepository, markForDeletion, undoDeletion } from "~/server/maintenance/carry-out-deletion";
import { adoptRepository, inspectImport } from "~/server/maintenance/carry-out-import";
import { checkRepository } from "~/server/maintenance/check-repository";
import { compactRepository } from "~/server/maintenance/compact-repository";
import { makeRepository } from "~/server/maintenance/make-repository";
import { moveRepository } from "~/server/maintenance/move-repository";
import { provisionClient } from "~/server/maintenance/provision-client";
import { removeAccount } from "~/server/maintenance/remove-account";
import { repairRepository, undoRepair } from "~/server/maintenance/repair-repository";
import { setClientQuota } from "~/server/maintenance/set-client-quota";
import { setQuota } from "~/server/maintenance/set-quota";
import { carryOutDrill } from "~/server/reports/carry-out-drill";
import { makeParcel, removeParcel } from "~/server/restores/carry-parcel";
import { restoreOnServer } from "~/server/restores/restore-on-server";
import { acceptState } from "~/server/vault/accept-state";
import { releaseOldSeals } from "~/server/vault/release-old-seals";
import { rollBack } from "~/server/vault/roll-back";
import { setRules } from "~/server/vault/set-rules";

/** What a job came to. `warning`: it did its work, and a person should look at what it found. */
export interface Done {
  result: JobResult;
  warning?: JobProblem;
}

/** What is done for a kind of job, and how long it may take. Everything here may run twice: a worker can die at any line. */
export interface Handler {
  limitSeconds: number;
  run(ctx: Ctx, keeper: Keeper, job: ClaimedJob): Promise<Done>;
}

/** Minutes for what only changes the keeper's records; hours for what reads or rewrites a repository. */
const SHORT_SECONDS = 300;
const LONG_SECONDS = 24 * 3600;

/** Edit when a kind of server-side work is added; it does not compile until it stands here. */
export const handlers: Record<WorkerJobKind, Handler> = {
  "provision-client": handler(120, (ctx, keeper, job) => provisionClient(ctx, keeper, job)),
  "remove-client": handler(SHORT_SECONDS, async (ctx, keeper, job) => {
    await removeAccount(ctx, keeper, { clientId: job.clientId });
    return {};
  }),
  "restore-on-server": {
    limitSeconds: LONG_SECONDS + 3600,
    run: async (ctx, keeper, job) => {
      const payload = payloadOf("restore-on-server", job);
      const restored = await restoreOnServer(ctx, keeper, {
        ...repositoryOf(job),
        ...payload,
        jobId: job.id,
      });
      const result = { kind: job.kind, ...restored };
      if (restored.skippedCount === 0) return { result };
      const [first] = restored.skipped;
      const say = `${restored.skippedCount} were not restored, the first: ${first?.path ?? ""}: ${first?.why ?? ""}`;
      return { result, warning: { code: "skipped", say } };
    },
  },
  "make-parcel": handler(LONG_SECONDS + 3600, (ctx, keeper, job) =>
    makeParcel(ctx, keeper, { ...repositoryOf(job), ...payloadOf("make-parcel", job) }),
  ),
  "remove-parcel": handler(3600, (ctx, keeper, job) =>
    removeParcel(ctx, keeper, payloadOf("remove-parcel", job)),
  ),
  "create-repository": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    makeRepository(ctx, keeper, repositoryOf(job)),
  ),
  audit: {
    // A first look at a large repository reads all of it, and describes its archives.
    limitSeconds: 4 * 3600,
    run: async (ctx, keeper, job) => {
      const { say, ...outcome } = await auditAndMeasure(ctx, keeper, repositoryOf(job));
      const result = { kind: job.kind, ...outcome };
      return say === null ? { result } : { result, warning: { code: "not-clean", say } };
    },
  },
  "list-folder": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    listFolder(ctx, keeper, { ...repositoryOf(job), payload: payloadOf("list-folder", job) }),
  ),
  "stream-files": {
    limitSeconds: LONG_SECONDS,
    run: async (ctx, keeper, job) => {
      const payload = payloadOf("stream-files", job);
      const sent = await streamFiles(ctx, keeper, { ...repositoryOf(job), payload });
      const result = { kind: job.kind, ...sent };
      if (sent.warnings.length === 0) return { result };
      return { result, warning: { code: "borg-warned", say: sent.warnings[0] ?? "" } };
    },
  },
  drill: {
    limitSeconds: LONG_SECONDS,
    run: async (ctx, keeper, job) => {
      const asked = { ...repositoryOf(job), payload: payloadOf("drill", job), ...holdOf(job) };
      const { result, problem } = await carryOutDrill(ctx, keeper, asked);
      const told = { ...result, kind: job.kind };
      return problem ? { result: told, warning: problem } : { result: told };
    },
  },
  catalog: {
    limitSeconds: LONG_SECONDS,
    run: async (ctx, keeper, job) => {
      const { unreadable, ...filled } = await fillCatalog(ctx, keeper, repositoryOf(job));
      const scored = await scoreArchives(ctx, repositoryOf(job));
      const result = { kind: job.kind, ...filled, unreadable, ...scored };
      if (unreadable.length === 0) return { result };
      const say = `borg could not list ${unreadable.slice(0, 3).join(", ")}. Browsing reads such archives from the repository itself.`;
      return { result, warning: { code: "archive-missing", say } };
    },
  },
  "trash-archives": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    trashArchives(ctx, keeper, { ...repositoryOf(job), ...payloadOf("trash-archives", job) }),
  ),
  "bring-back-archives": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    bringBackArchives(ctx, keeper, { ...repositoryOf(job), ...payloadOf("bring-back-archives", job) }),
  ),
  "protect-archives": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    protectArchives(ctx, keeper, { ...repositoryOf(job), ...payloadOf("protect-archives", job) }),
  ),
  prune: handler(3600, (ctx, keeper, job) =>
    prunePlan(ctx, keeper, { ...repositoryOf(job), ...payloadOf("prune", job) }),
  ),
  compact: handler(LONG_SECONDS, (ctx, keeper, job) => compactRepository(ctx, keeper, repositoryOf(job))),
  "roll-back": handler(LONG_SECONDS, (ctx, keeper, job) =>
    rollBack(ctx, keeper, {
      ...repositoryOf(job),
      ...payloadOf("roll-back", job),
      requestedBy: job.requestedBy,
    }),
  ),
  "accept-state": handler(LONG_SECONDS, (ctx, keeper, job) =>
    acceptState(ctx, keeper, {
      ...repositoryOf(job),
      ...payloadOf("accept-state", job),
      requestedBy: job.requestedBy,
    }),
  ),
  "release-old-seals": handler(3600, (ctx, keeper, job) => releaseOldSeals(ctx, keeper, repositoryOf(job))),
  "set-vault-rules": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    setRules(ctx, keeper, { ...repositoryOf(job), rules: payloadOf("set-vault-rules", job) }),
  ),
  check: {
    limitSeconds: LONG_SECONDS + 3600,
    run: async (ctx, keeper, job) => {
      const { requestedBy } = job;
      const { result, problem } = await checkRepository(ctx, keeper, {
        ...{ ...repositoryOf(job), ...payloadOf("check", job), requestedBy },
      });
      const told = { ...result, kind: job.kind };
      return problem ? { result: told, warning: problem } : { result: told };
    },
  },
  "break-lock": handler(SHORT_SECONDS, (ctx, keeper, job) => breakLock(ctx, keeper, repositoryOf(job))),
  "move-repository": handler(3 * LONG_SECONDS, (ctx, keeper, job) =>
    moveRepository(ctx, keeper, {
      ...repositoryOf(job),
      ...payloadOf("move-repository", job),
      ...holdOf(job),
    }),
  ),
  "repair-repository": handler(3 * LONG_SECONDS, (ctx, keeper, job) =>
    repairRepository(ctx, keeper, { ...repositoryOf(job), ...holdOf(job) }),
  ),
  "undo-repair": handler(LONG_SECONDS, (ctx, keeper, job) =>
    undoRepair(ctx, keeper, { ...repositoryOf(job), requestedBy: job.requestedBy }),
  ),
  "set-quota": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    setQuota(ctx, keeper, { ...repositoryOf(job), ...payloadOf("set-quota", job) }),
  ),
  "set-client-quota": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    setClientQuota(ctx, keeper, { clientId: job.clientId }),
  ),
  "inspect-import": handler(2 * LONG_SECONDS, (ctx, keeper, job) =>
    inspectImport(ctx, keeper, payloadOf("inspect-import", job)),
  ),
  "adopt-repository": handler(2 * LONG_SECONDS, (ctx, keeper, job) =>
    adoptRepository(ctx, keeper, payloadOf("adopt-repository", job)),
  ),
  "mark-for-deletion": handler(SHORT_SECONDS, (ctx, keeper, job) =>
    markForDeletion(ctx, keeper, { ...repositoryOf(job), ...payloadOf("mark-for-deletion", job) }),
  ),
  "undo-deletion": handler(SHORT_SECONDS, (ctx, keeper, job) => undoDeletion(ctx, keeper, repositoryOf(job))),
  "delete-repository": handler(LONG_SECONDS, (ctx, keeper, job) =>
    deleteRepository(ctx, keeper, repositoryOf(job)),
  ),
};

function handler(
  limitSeconds: number,
  act: (ctx: Ctx, keeper: Keeper, job: ClaimedJob) => Promise<object>,
): Handler {
  return {
    limitSeconds,
    run: async (ctx, keeper, job) => ({ result: { kind: job.kind, ...(await act(ctx, keeper, job)) } }),
  };
}

function repositoryOf(job: ClaimedJob): { clientId: string; repositoryId: string } {
  if (job.repositoryId === null) throw new Error(`job ${job.id} (${job.kind}) names no repository`);
  return { clientId: job.clientId, repositoryId: job.repositoryId };
}

function holdOf(job: ClaimedJob): { hold: Hold } {
  return { hold: { jobId: job.id, lease: job.lease } };
}

function payloadOf<K extends WorkerJobKind>(kind: K, job: ClaimedJob): JobPayloadOf<K> {
  return jobPayloads[kind].parse(job.payload) as JobPayloadOf<K>;
}
