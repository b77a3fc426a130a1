import { z } from "zod";
import { idText, userId } from "~/domain/id";
import { givenName } from "~/domain/name";
import { SCOPES } from "~/domain/permission";
import { mayGiveScope, TOKEN_DAYS } from "~/domain/token-scopes";
import { createToken } from "~/server/access/create-token";
import { listAllTokens, listTokens } from "~/server/access/list-tokens";
import { revokeToken } from "~/server/access/revoke-token";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-account" });
const administer = signedIn.meta({ permission: "administer" });
const byId = z.object({ id: idText });
const newToken = z.object({
  name: givenName,
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  /** Null: it never ends by itself. */
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(TOKEN_DAYS),
});

export const tokensRouter = router({
  list: own.query(({ ctx }) => listTokens(ctx, { userId: ctx.actor.userId })),
  /** What a new token may be given by whoever asks. */
  scopes: own.query(({ ctx }) => SCOPES.filter((scope) => mayGiveScope(ctx.actor, scope))),
  create: own
    .input(newToken)
    .mutation(({ ctx, input }) => createToken(ctx, { userId: ctx.actor.userId, ...input })),
  revoke: own.input(byId).mutation(async ({ ctx, input }) => {
    await revokeToken(ctx, { userId: ctx.actor.userId, id: input.id });
    return {};
  }),
  listAll: administer
    .input(z.object({ userId: userId.optional() }))
    .query(({ ctx, input }) => listAllTokens(ctx, input)),
  revokeAny: administer.input(byId).mutation(async ({ ctx, input }) => {
    await revokeToken(ctx, input);
    return {};
  }),
});
