import { z } from "zod";
import { archiveId } from "~/domain/id";
import type { Action } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { changedFiles } from "~/server/archives/anomaly/changed-files";
import { cleanSet } from "~/server/archives/anomaly/clean-set";
import { getSuspicion } from "~/server/archives/anomaly/get-suspicion";
import { resolveSuspicion } from "~/server/archives/anomaly/resolve-suspicion";
import { findArchiveOwner } from "~/server/archives/get-archive";
import { type ApiContext, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const ofArchive = z.object({ archiveId });

/** What of the archives' procedures is about suspicious backups. */
export const suspicionProcedures = {
  /** Score, reasons and the plan's past; `suspicion` null: not scored (yet). */
  suspicion: view
    .input(ofArchive)
    .query(async ({ ctx, input }) => getSuspicion(ctx, await mayOf(ctx, "view", input.archiveId), input)),
  /** What a backup changed, file by file. */
  changedFiles: view
    .input(
      ofArchive.extend({
        cursor: z.string().max(1200).nullish(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(async ({ ctx, input }) => changedFiles(ctx, await mayOf(ctx, "view", input.archiveId), input)),
  /** What to restore to have everything as before the suspicious run of this archive's plan; null: there was none. */
  cleanSet: view
    .input(ofArchive)
    .query(async ({ ctx, input }) => cleanSet(ctx, await mayOf(ctx, "view", input.archiveId), input)),
  resolveSuspicion: signedIn
    .meta({ permission: "delete-archives" })
    .input(
      ofArchive.extend({
        resolution: z.enum(["ours", "dealt-with"]),
        reason: z.string().trim().min(3, "Say in a few words why.").max(1000),
      }),
    )
    .mutation(async ({ ctx, input }) =>
      resolveSuspicion(ctx, await mayOf(ctx, "delete-archives", input.archiveId), input),
    ),
};

async function mayOf<A extends Action>(ctx: ApiContext, action: A, id: z.output<typeof archiveId>) {
  return authorize(ctx, action, await findArchiveOwner(ctx, { archiveId: id }));
}
