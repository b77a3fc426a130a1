import { z } from "zod";
import { FOLDER_ORDERS } from "~/domain/folder-order";
import { archiveId, planId, repositoryId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { browseFolder } from "~/server/archives/browse-folder";
import { comparableArchives } from "~/server/archives/comparable-archives";
import { compareArchives, whatGrew } from "~/server/archives/compare-archives";
import { fileTimeline } from "~/server/archives/file-timeline";
import { findFiles } from "~/server/archives/find-files";
import { findArchiveOwner, getArchive } from "~/server/archives/get-archive";
import { whatIsLargest } from "~/server/archives/largest-files";
import { listArchives } from "~/server/archives/list-archives";
import { listRetained } from "~/server/archives/list-retained";
import { locateInArchive } from "~/server/archives/locate-in-archive";
import { measureSelection } from "~/server/archives/measure-selection";
import { readFolder } from "~/server/archives/read-folder";
import { removeArchive } from "~/server/archives/remove-archive";
import { requestBringBack } from "~/server/archives/request-bring-back";
import { requestProtect } from "~/server/archives/request-protect";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { findRepositoryOwner } from "~/server/repositories/find-repository-owner";
import { type ApiContext, router, signedIn } from "../trpc";
import { ifStillAllowed } from "../while-allowed";
import { suspicionProcedures } from "./suspicions";

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

const bytes = z.number().int().nonnegative();
const upToHundred = z.number().int().min(1).max(100).default(50);
const fileSearch = z.object({
  clientId: z.string().optional(),
  repositoryId: z.string().optional(),
  text: z.string().max(255).optional(),
  extension: z.string().max(50).optional(),
  leastBytes: bytes.optional(),
  mostBytes: bytes.optional(),
  modifiedAfter: z.date().optional(),
  modifiedBefore: z.date().optional(),
  deletedOnly: z.boolean().optional(),
  ...pageInput,
});

const view = signedIn.meta({ permission: "view" });
const remove = signedIn.meta({ permission: "delete-archives" });

export const archivesRouter = router({
  ...suspicionProcedures,
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
  /** A folder with the sizes of its folders, a page at a time; says whether catalog or borg answered. */
  browse: view
    .input(
      byId.extend({
        path: folderPath,
        order: z.enum(FOLDER_ORDERS).default("name"),
        reversed: z.boolean().default(false),
        cursor: z.string().max(200).nullish(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .query(async ({ ctx, input: { id, ...input }, signal }) => {
      const may = await mayOf(ctx, "view", id);
      const folder = browseFolder(ctx, may, { archiveId: id, ...input, signal });
      return ifStillAllowed(ctx, folder, (now) => mayOf(now, "view", id));
    }),
  /** What stands at a typed path. */
  locate: view
    .input(byId.extend({ path: folderPath }))
    .query(async ({ ctx, input: { id, path } }) =>
      locateInArchive(ctx, await mayOf(ctx, "view", id), { archiveId: id, path }),
    ),
  /** How much some paths are with all below them; null: the catalog does not hold the archive yet. */
  measure: view
    .input(byId.extend({ paths: z.array(folderPath).max(1000) }))
    .query(async ({ ctx, input: { id, paths } }) =>
      measureSelection(ctx, await mayOf(ctx, "view", id), { archiveId: id, paths }),
    ),
  /** Files of all archives of one client, or of all that one may see. */
  find: view.input(fileSearch).query(({ ctx, input, signal }) => findFiles(ctx, { ...input, signal })),
  /** Every version of a path in a repository. */
  timeline: view
    .input(z.object({ repositoryId, path: folderPath }))
    .query(async ({ ctx, input }) =>
      fileTimeline(
        ctx,
        await authorize(ctx, "view", await findRepositoryOwner(ctx, { id: input.repositoryId })),
        input,
      ),
    ),
  /** With which archives one can be compared. */
  comparable: view
    .input(byId)
    .query(async ({ ctx, input }) =>
      comparableArchives(ctx, await mayOf(ctx, "view", input.id), { archiveId: input.id }),
    ),
  compare: view
    .input(z.object({ before: archiveId, after: archiveId, path: folderPath }))
    .query(async ({ ctx, input }) => compareArchives(ctx, await mayOf(ctx, "view", input.before), input)),
  grew: view
    .input(z.object({ before: archiveId, after: archiveId, limit: upToHundred }))
    .query(async ({ ctx, input }) => whatGrew(ctx, await mayOf(ctx, "view", input.before), input)),
  largest: view
    .input(byId.extend({ limit: upToHundred }))
    .query(async ({ ctx, input }) =>
      whatIsLargest(ctx, await mayOf(ctx, "view", input.id), { archiveId: input.id, limit: input.limit }),
    ),
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
