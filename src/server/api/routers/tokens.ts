import { z } from "zod";
import { idText } from "~/domain/id";
import { givenName } from "~/domain/name";
import { createToken } from "~/server/access/create-token";
import { listTokens } from "~/server/access/list-tokens";
import { revokeToken } from "~/server/access/revoke-token";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-account" });
const newToken = z.object({
  name: givenName,
  /** Null: it never ends by itself. */
  expiresInDays: z.number().int().min(1).max(3650).nullable(),
});

export const tokensRouter = router({
  list: own.query(({ ctx }) => listTokens(ctx, { userId: ctx.actor.userId })),
  create: own
    .input(newToken)
    .mutation(({ ctx, input }) => createToken(ctx, { userId: ctx.actor.userId, ...input })),
  revoke: own.input(z.object({ id: idText })).mutation(async ({ ctx, input }) => {
    await revokeToken(ctx, { userId: ctx.actor.userId, id: input.id });
    return {};
  }),
});
