import { z } from "zod";
import { archiveId, planId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { findArchiveOwner, getArchive } from "~/server/archives/get-archive";
import { listArchives } from "~/server/archives/list-archives";
import { listRetained } from "~/server/archives/list-retained";
import { readFolder } from "~/server/archives/read-folder";
import { removeArchive } from "~/server/archives/remove-archive";
import { requestBringBack } from "~/server/archives/request-bring-back";
import { requestProtect } from "~/server/archives/request-protect";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { type ApiContext, router, signedIn } from "../trpc";
import { ifStillAllowed } from "../while-allowed";

const byId = z.object({ id: archiveId });
const filter = z.object({
  clientId: z.string().optional(),
  repositoryId: z.string().optional(),
  planId: z.string().optional(),
  search: z.string().max(200).optional(),
  trashed: z.boolean().optional(),
});
/** A path inside the archive as base64 of its bytes; empty: the top. */
const folderPath = z.union([z.literal(""), z.base64().max(8192)]);

const view = signedIn.meta({ permission: "view" });
const remove = signedIn.meta({ permission: "delete-archives" });

export const archivesRouter = router({
  list: view.input(filter.extend(pageInput)).query(({ ctx, input }) => listArchives(ctx, input)),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) =>
      getArchive(ctx, await mayOf(ctx, "view", input.id), { archiveId: input.id }),
    ),
  /** What a simulation of retention in the browser judges. */
  retained: view
    .input(z.object({ planId }))
    .query(async ({ ctx, input }) =>
      listRetained(ctx, await authorize(ctx, "view", await findPlanOwner(ctx, { id: input.planId })), input),
    ),
  folder: view
    .input(byId.extend({ path: folderPath }))
    .query(async ({ ctx, input: { id, path }, signal }) => {
      const may = await mayOf(ctx, "view", id);
      const folder = readFolder(ctx, may, { archiveId: id, path, signal });
      return ifStillAllowed(ctx, folder, (now) => mayOf(now, "view", id));
    }),
  /** Into the trash. */
  remove: remove.input(byId.extend({ typedName: z.string().max(300) })).mutation(async ({ ctx, input }) =>
    removeArchive(ctx, await mayOf(ctx, "delete-archives", input.id), {
      archiveId: input.id,
      typedName: input.typedName,
    }),
  ),
  bringBack: remove
    .input(byId)
    .mutation(async ({ ctx, input }) =>
      requestBringBack(ctx, await mayOf(ctx, "delete-archives", input.id), { archiveId: input.id }),
    ),
  protect: remove.input(byId.extend({ protected: z.boolean() })).mutation(async ({ ctx, input }) =>
    requestProtect(ctx, await mayOf(ctx, "delete-archives", input.id), {
      archiveId: input.id,
      protected: input.protected,
    }),
  ),
});

async function mayOf<A extends Action>(ctx: ApiContext, action: A, id: z.output<typeof archiveId>) {
  return authorize(ctx, action, await findArchiveOwner(ctx, { archiveId: id }));
}
