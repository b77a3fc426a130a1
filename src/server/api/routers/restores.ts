import { z } from "zod";
import { archiveId } from "~/domain/id";
import { databaseTarget } from "~/protocol/backup-extras";
import { restoreOrder, restoreTarget } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { findArchiveOwner } from "~/server/archives/get-archive";
import { databaseOptions } from "~/server/restores/database-options";
import { restoreOptions } from "~/server/restores/restore-options";
import { startDatabaseRestore } from "~/server/restores/start-database-restore";
import { startRestore } from "~/server/restores/start-restore";
import { router, signedIn } from "../trpc";

const ofArchive = z.object({ archiveId });

export const restoresRouter = router({
  create: signedIn
    .meta({ permission: "restore" })
    .input(ofArchive.extend({ paths: restoreOrder.shape.paths, target: restoreTarget }))
    .mutation(async ({ ctx, input }) => {
      const owner = await findArchiveOwner(ctx, input);
      return startRestore(ctx, await authorize(ctx, "restore", owner), input);
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
