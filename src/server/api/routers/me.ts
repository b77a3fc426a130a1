import { getMe } from "~/server/access/get-me";
import { readMayList } from "~/server/access/read-may-list";
import { router, signedIn } from "../trpc";

export const meRouter = router({
  /** Who asks, and what they may do with which clients. */
  get: signedIn.meta({ permission: "own-account" }).query(async ({ ctx }) => ({
    ...(await getMe(ctx, { userId: ctx.actor.userId })),
    may: await readMayList(ctx, ctx.actor),
  })),
});
