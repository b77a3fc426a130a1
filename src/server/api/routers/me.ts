import { getMe } from "~/server/access/get-me";
import { router, signedIn } from "../trpc";

export const meRouter = router({
  get: signedIn
    .meta({ permission: "own-account" })
    .query(({ ctx }) => getMe(ctx, { userId: ctx.actor.userId })),
});
