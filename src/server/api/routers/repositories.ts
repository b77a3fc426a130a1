import { z } from "zod";
import { clientId, repositoryId } from "~/domain/id";
import { givenName } from "~/domain/name";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { openRepository, retryRepository } from "~/server/maintenance/open-repository";
import { findRepositoryOwner } from "~/server/repositories/find-repository-owner";
import { getRepository } from "~/server/repositories/get-repository";
import { listRepositories } from "~/server/repositories/list-repositories";
import { revealPassphrase } from "~/server/repositories/reveal-passphrase";
import { type ApiContext, router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const manage = signedIn.meta({ permission: "manage-repositories" });
const byId = z.object({ id: repositoryId });
const newRepository = z.object({
  clientId,
  name: givenName,
  /** At least 10 MB, below which borg cannot even begin; null: no limit. */
  quotaBytes: z.number().int().min(10_000_000, "At least 10 MB.").nullable(),
});

export const repositoriesRouter = router({
  list: view
    .input(z.object({ ...pageInput, clientId: clientId.optional() }))
    .query(({ ctx, input }) => listRepositories(ctx, input)),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) => getRepository(ctx, await mayOf(ctx, "view", input.id), input)),
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
