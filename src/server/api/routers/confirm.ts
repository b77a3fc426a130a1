import { z } from "zod";
import { idText } from "~/domain/id";
import { beginOwnPasskey } from "~/server/access/begin-passkey";
import { confirmWays, confirmWithPassword, confirmWithSecondFactor } from "~/server/access/confirm";
import { passkeyAnswer } from "../passkey-input";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-session" });
/** Also while a second factor is being set up: what adds one wants a confirmation too. */
const enrolling = signedIn.meta({ permission: "finish-sign-in" });

/** Showing the password or second factor again, for what `demandConfirmed` guards. */
export const confirmRouter = router({
  ways: enrolling.query(({ ctx }) => confirmWays(ctx)),
  withPassword: enrolling
    .input(z.object({ password: z.string().max(1000) }))
    .mutation(async ({ ctx, input }) => {
      await confirmWithPassword(ctx, { ...input, peer: ctx.peer });
      return {};
    }),
  withTotp: own.input(z.object({ code: z.string().max(40) })).mutation(async ({ ctx, input }) => {
    await confirmWithSecondFactor(ctx, { shown: { kind: "totp", ...input }, peer: ctx.peer });
    return {};
  }),
  beginPasskey: own.mutation(({ ctx }) => beginOwnPasskey(ctx, { userId: ctx.actor.userId })),
  withPasskey: own
    .input(z.object({ challengeId: idText, response: passkeyAnswer }))
    .mutation(async ({ ctx, input }) => {
      await confirmWithSecondFactor(ctx, { shown: { kind: "passkey", ...input }, peer: ctx.peer });
      return {};
    }),
});
