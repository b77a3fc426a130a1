import { z } from "zod";
import { clientId, jobId, planId } from "~/domain/id";
import { planFields, planSource } from "~/domain/plan-input";
import { planOptions } from "~/domain/plan-options";
import { authorize } from "~/server/access/authorize";
import { readDisk } from "~/server/backups/read-disk";
import { readLook } from "~/server/backups/read-look";
import { searchGaps } from "~/server/backups/search-gaps";
import { startDryRun, testExcludes } from "~/server/backups/start-dry-run";
import { findJobOwner } from "~/server/jobs/find-job-owner";
import { addSource } from "~/server/plans/add-source";
import { dismissGap } from "~/server/plans/dismiss-gap";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { listGaps } from "~/server/plans/list-gaps";
import { router, signedIn } from "../trpc";
import { ifStillAllowed } from "../while-allowed";

const look = signedIn.meta({ permission: "browse-live-disk" });
const manage = signedIn.meta({ permission: "manage-plans" });
const ofClient = z.object({ clientId });
const ofPlan = z.object({ planId });
/** An absolute path as base64 of its bytes. */
const diskPath = z
  .base64()
  .max(8192)
  // The first six bits of a slash: what is no base64 is refused already, and must not be decoded.
  .refine((path) => path.startsWith("L"), "Start at the top.");
const { sources, excludes, oneFileSystem, excludeCaches } = planFields;
const { excludeIfPresent, keepExcludeTags } = planOptions.shape;
const settings = ofClient.extend({
  ...{ sources: sources.min(1), excludes, oneFileSystem, excludeCaches },
  excludeIfPresent: excludeIfPresent.default([]),
  keepExcludeTags: keepExcludeTags.default(false),
});

/** Looking at a client's live tree through its agent. */
export const looksRouter = router({
  /** One folder, read from the machine at that moment. */
  browse: look.input(ofClient.extend({ path: diskPath })).query(async ({ ctx, input, signal }) => {
    const may = await authorize(ctx, "browse-live-disk", input.clientId);
    const folder = readDisk(ctx, may, { path: input.path, signal });
    return ifStillAllowed(ctx, folder, (now) => authorize(now, "browse-live-disk", input.clientId));
  }),
  dryRun: look
    .input(ofPlan)
    .mutation(async ({ ctx, input }) =>
      startDryRun(
        ctx,
        await authorize(ctx, "browse-live-disk", await findPlanOwner(ctx, { id: input.planId })),
        input,
      ),
    ),
  testExcludes: look
    .input(settings)
    .mutation(async ({ ctx, input: { clientId: id, ...rest } }) =>
      testExcludes(ctx, await authorize(ctx, "browse-live-disk", id), rest),
    ),
  /** A dry run as it stands. */
  result: look
    .input(z.object({ jobId }))
    .query(async ({ ctx, input }) =>
      readLook(ctx, await authorize(ctx, "browse-live-disk", await findJobOwner(ctx, input)), input),
    ),
  gaps: signedIn
    .meta({ permission: "view" })
    .input(ofClient)
    .query(async ({ ctx, input }) => listGaps(ctx, await authorize(ctx, "view", input.clientId))),
  findGaps: look
    .input(ofClient)
    .mutation(async ({ ctx, input }) =>
      searchGaps(ctx, await authorize(ctx, "browse-live-disk", input.clientId)),
    ),
  dismissGap: manage
    .input(ofClient.extend({ path: z.string().startsWith("/").max(4096), dismissed: z.boolean() }))
    .mutation(async ({ ctx, input }) => {
      await dismissGap(ctx, await authorize(ctx, "manage-plans", input.clientId), input);
      return {};
    }),
  /** Adds an uncovered path to a plan. */
  addGap: manage.input(ofPlan.extend({ path: planSource })).mutation(async ({ ctx, input }) => {
    await addSource(
      ctx,
      await authorize(ctx, "manage-plans", await findPlanOwner(ctx, { id: input.planId })),
      input,
    );
    return {};
  }),
});
