import { z } from "zod";
import { jobId } from "~/domain/id";
import { JOB_KINDS, JOB_STATES, type JobKind } from "~/domain/job";
import { actionOfJob } from "~/domain/job-permission";
import { pageInput } from "~/domain/page";
import { authorize } from "~/server/access/authorize";
import { cancelJob } from "~/server/jobs/cancel-job";
import { findJobOwner } from "~/server/jobs/find-job-owner";
import { getJob } from "~/server/jobs/get-job";
import { listJobs } from "~/server/jobs/list-jobs";
import { listLog } from "~/server/jobs/list-log";
import { retryJob } from "~/server/jobs/retry-job";
import { watchJob } from "~/server/jobs/watch-job";
import { onEach } from "../on-each";
import type { ApiContext } from "../trpc";
import { router, signedIn } from "../trpc";
import { whileAllowed } from "../while-allowed";

const byId = z.object({ id: jobId });
/** As many as a page can show. */
const byIds = z.object({ ids: z.array(jobId).min(1).max(200) });
const kinds = Object.keys(JOB_KINDS) as [JobKind, ...JobKind[]];
const filter = z.object({
  clientId: z.string().optional(),
  planId: z.string().optional(),
  repositoryId: z.string().optional(),
  runId: z.string().optional(),
  states: z.array(z.enum(JOB_STATES)).optional(),
  kinds: z.array(z.enum(kinds)).optional(),
  /** Part of the name of a client, plan or repository; or a job's id, or an archive's name, in full. */
  search: z.string().trim().max(200).optional(),
  /** Asked for from then on, and before then. */
  from: z.date().optional(),
  to: z.date().optional(),
});
const logFilter = byId.extend({
  after: z.string().max(40).nullish(),
  levels: z.array(z.enum(["debug", "info", "warning", "error"])).optional(),
  search: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(1000).default(500),
});

const view = signedIn.meta({ permission: "view" });

export const jobsRouter = router({
  list: view.input(filter.extend(pageInput)).query(({ ctx, input }) => listJobs(ctx, input)),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) => getJob(ctx, await mayView(ctx, input), { jobId: input.id })),
  log: view
    .input(logFilter)
    .query(async ({ ctx, input: { id, ...rest } }) =>
      listLog(ctx, await mayView(ctx, { id }), { jobId: id, ...rest }),
    ),
  cancel: view.input(byId).mutation(async ({ ctx, input }) => {
    await cancelOne(ctx, input.id);
    return {};
  }),
  retry: view.input(byId).mutation(({ ctx, input }) => retryOne(ctx, input.id)),
  /** Each with the permission of its own work; what was left alone is told with the reason. */
  cancelMany: view
    .input(byIds)
    .mutation(({ ctx, input }) =>
      onEach(ctx, { asked: "jobs.cancelMany", ids: input.ids }, (id) => cancelOne(ctx, id)),
    ),
  retryMany: view
    .input(byIds)
    .mutation(({ ctx, input }) =>
      onEach(ctx, { asked: "jobs.retryMany", ids: input.ids }, (id) => retryOne(ctx, id)),
    ),
  /** A job as it goes, for as long as the caller may see it. `after`: the cursor of the last log line that is known already. */
  watch: view.input(byId.extend({ after: z.string().max(40).nullish() })).subscription(async function* ({
    ctx,
    input,
    signal,
  }) {
    const may = await mayView(ctx, input);
    yield* whileAllowed(ctx, {
      still: async (now) => (await mayView(now, input)).clientId === may.clientId,
      signal,
      stream: (ended) => watchJob(ctx, may, { jobId: input.id, after: input.after, signal: ended }),
    });
  }),
});

async function mayView(ctx: ApiContext, input: z.output<typeof byId>) {
  return authorize(ctx, "view", await findJobOwner(ctx, { jobId: input.id }));
}

async function cancelOne(ctx: ApiContext, id: string) {
  return cancelJob(ctx, await mayAct(ctx, id), { jobId: id });
}

async function retryOne(ctx: ApiContext, id: string) {
  return retryJob(ctx, await mayAct(ctx, id), { jobId: id });
}

/** Cancel and retry need the permission of the work itself. */
async function mayAct(ctx: ApiContext, id: string) {
  const owner = await findJobOwner(ctx, { jobId: jobId.parse(id) });
  return authorize(ctx, actionOfJob(owner.kind), owner);
}
