import { z } from "zod";
import { archiveId, jobId } from "~/domain/id";
import { restoreRequest } from "~/domain/restore-request";
import { databaseTarget } from "~/protocol/backup-extras";
import { authorize } from "~/server/access/authorize";
import { findArchiveOwner } from "~/server/archives/get-archive";
import { findJobOwner } from "~/server/jobs/find-job-owner";
import { databaseOptions } from "~/server/restores/database-options";
import { restoreOptions } from "~/server/restores/restore-options";
import { findRestoreSource, resumeRestore } from "~/server/restores/resume-restore";
import { startDatabaseRestore } from "~/server/restores/start-database-restore";
import { findPartsOwner, startRestore } from "~/server/restores/start-restore";
import { demandPermission, router, signedIn } from "../trpc";

const ofArchive = z.object({ archiveId });

export const restoresRouter = router({
  start: signedIn
    .meta({ permission: "restore" })
    .input(restoreRequest)
    .mutation(async ({ ctx, input }) => {
      if (input.target.kind === "server-folder") demandPermission(ctx.actor, "administer");
      const from = await authorize(ctx, "restore", await findPartsOwner(ctx, input));
      const to = input.toClientId ? await authorize(ctx, "restore", input.toClientId) : from;
      return startRestore(ctx, { from, to }, input);
    }),
  /** Goes on with a restore that ended before it was done, as a new job into the same place. */
  resume: signedIn
    .meta({ permission: "restore" })
    .input(z.object({ jobId }))
    .mutation(async ({ ctx, input }) => {
      const to = await authorize(ctx, "restore", await findJobOwner(ctx, input));
      const from = await authorize(ctx, "restore", await findRestoreSource(ctx, input));
      return resumeRestore(ctx, { from, to }, input);
    }),
  startDatabase: signedIn
    .meta({ permission: "restore" })
    .input(
      ofArchive.extend({
        ...databaseTarget.pick({ entry: true, dump: true, into: true }).shape,
        /** Whether a database of that name may be replaced, after a dump of it; otherwise only a new one is made. */
        replace: z.boolean(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const owner = await findArchiveOwner(ctx, input);
      return startDatabaseRestore(ctx, await authorize(ctx, "restore", owner), input);
    }),
  /** The databases that an archive holds. */
  databases: signedIn
    .meta({ permission: "view" })
    .input(ofArchive)
    .query(async ({ ctx, input }) => {
      const owner = await findArchiveOwner(ctx, input);
      return databaseOptions(ctx, await authorize(ctx, "view", owner), input);
    }),
  options: signedIn
    .meta({ permission: "view" })
    .input(ofArchive)
    .query(async ({ ctx, input }) => {
      const owner = await findArchiveOwner(ctx, input);
      return restoreOptions(ctx, await authorize(ctx, "view", owner), input);
    }),
});
