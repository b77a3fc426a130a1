import { z } from "zod";
import { clientId, repositoryId } from "~/domain/id";
import { givenName } from "~/domain/name";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { CHECK_KINDS, OFFERED_ENCRYPTIONS } from "~/domain/repository";
import { authorize } from "~/server/access/authorize";
import { requestBreakLock } from "~/server/maintenance/break-lock";
import { requestDeletion, requestUndo } from "~/server/maintenance/delete-repository";
import { requestMove } from "~/server/maintenance/move-repository";
import { offerMove } from "~/server/maintenance/offer-move";
import { openRepository, retryRepository } from "~/server/maintenance/open-repository";
import { requestRepair, requestUndoRepair } from "~/server/maintenance/repair-repository";
import { requestCheck } from "~/server/maintenance/request-check";
import { requestQuotas } from "~/server/maintenance/set-quota";
import { findRepositoryOwner } from "~/server/repositories/find-repository-owner";
import { getRepository } from "~/server/repositories/get-repository";
import { listLocations } from "~/server/repositories/list-locations";
import { listRepositories } from "~/server/repositories/list-repositories";
import { renameRepository } from "~/server/repositories/rename-repository";
import { revealPassphrase } from "~/server/repositories/reveal-passphrase";
import { type ApiContext, router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const manage = signedIn.meta({ permission: "manage-repositories" });
const maintain = signedIn.meta({ permission: "maintenance" });
const byId = z.object({ id: repositoryId });
/** At least 10 MB, below which borg cannot even begin; null: no limit. */
const quotaBytes = z.number().int().min(10_000_000, "At least 10 MB.").nullable();
const newRepository = z.object({
  clientId,
  name: givenName,
  quotaBytes,
  encryption: z.enum(OFFERED_ENCRYPTIONS).optional(),
  /** A name, never a path. */
  location: z.string().max(40).optional(),
});

export const repositoriesRouter = router({
  list: view
    .input(z.object({ ...pageInput, clientId: clientId.optional(), removed: z.boolean().optional() }))
    .query(({ ctx, input }) => listRepositories(ctx, input)),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) => getRepository(ctx, await mayOf(ctx, "view", input.id), input)),
  locations: manage
    .input(z.object({ clientId }))
    .query(async ({ ctx, input }) =>
      listLocations(ctx, await authorize(ctx, "manage-repositories", input.clientId)),
    ),
  create: manage
    .input(newRepository)
    .mutation(async ({ ctx, input: { clientId: owner, ...rest } }) =>
      openRepository(ctx, await authorize(ctx, "manage-repositories", owner), rest),
    ),
  retry: manage
    .input(byId)
    .mutation(async ({ ctx, input }) =>
      retryRepository(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  rename: manage.input(byId.extend({ name: givenName })).mutation(async ({ ctx, input }) => {
    await renameRepository(ctx, await mayOf(ctx, "manage-repositories", input.id), input);
    return {};
  }),
  setQuotas: manage
    .input(byId.extend({ quotaBytes, softQuotaBytes: z.number().int().min(1).nullable() }))
    .mutation(async ({ ctx, input }) =>
      requestQuotas(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  /** The keeper holds at least 7 days. */
  remove: manage
    .input(
      byId.extend({
        typedName: z.string().max(200),
        graceDays: z.number().int().min(7).max(90).default(14),
      }),
    )
    .mutation(async ({ ctx, input }) =>
      requestDeletion(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  undoRemove: manage
    .input(byId)
    .mutation(async ({ ctx, input }) =>
      requestUndo(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  check: maintain
    .input(byId.extend({ kind: z.enum(CHECK_KINDS) }))
    .mutation(async ({ ctx, input: { id, kind } }) =>
      requestCheck(ctx, await mayOf(ctx, "maintenance", id), { repositoryId: id, kind }),
    ),
  /** Where it could be moved to, and what that costs. */
  moveOffer: manage
    .input(byId)
    .query(async ({ ctx, input }) =>
      offerMove(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  move: manage
    .input(byId.extend({ location: z.string().max(40) }))
    .mutation(async ({ ctx, input }) =>
      requestMove(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  repair: manage
    .input(byId.extend({ typedName: z.string().max(200) }))
    .mutation(async ({ ctx, input }) =>
      requestRepair(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  undoRepair: manage
    .input(byId.extend({ typedName: z.string().max(200) }))
    .mutation(async ({ ctx, input }) =>
      requestUndoRepair(ctx, await mayOf(ctx, "manage-repositories", input.id), input),
    ),
  breakLock: maintain
    .input(byId)
    .mutation(async ({ ctx, input: { id } }) =>
      requestBreakLock(ctx, await mayOf(ctx, "maintenance", id), { repositoryId: id }),
    ),
  /** A mutation, because every look stands in the journal. */
  revealPassphrase: signedIn
    .meta({ permission: "reveal-secrets" })
    .input(byId)
    .mutation(async ({ ctx, input: { id } }) =>
      revealPassphrase(ctx, await mayOf(ctx, "reveal-secrets", id), { repositoryId: id }),
    ),
});

async function mayOf<A extends Action>(ctx: ApiContext, action: A, id: string) {
  return authorize(ctx, action, await findRepositoryOwner(ctx, { id }));
}
