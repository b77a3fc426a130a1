import { z } from "zod";
import { givenName } from "~/domain/name";
import { acceptInvitation, checkInvitation } from "~/server/access/accept-invitation";
import { publicProcedure, router } from "../trpc";

const open = publicProcedure.meta({ permission: "public" });
const token = z.string().min(1).max(200);

/** What somebody who was invited may do before there is an account: look at the invitation and take it. */
export const joinRouter = router({
  check: open
    .input(z.object({ token }))
    .query(({ ctx, input }) => checkInvitation(ctx, { ...input, peer: ctx.peer })),
  accept: open
    .input(
      z.object({
        token,
        name: givenName,
        /** Its rules stand in server/access/password. */
        password: z.string().max(1000),
      }),
    )
    .mutation(({ ctx, input }) => acceptInvitation(ctx, { ...input, peer: ctx.peer })),
});
