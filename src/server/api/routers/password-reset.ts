import { z } from "zod";
import { askPasswordReset, isResetOffered } from "~/server/access/ask-password-reset";
import { checkPasswordReset, resetPassword } from "~/server/access/reset-password";
import { publicProcedure, router } from "../trpc";

const open = publicProcedure.meta({ permission: "public" });
const token = z.string().min(1).max(200);

export const passwordResetRouter = router({
  /** Whether the sign-in page offers it. */
  state: open.query(async ({ ctx }) => ({ offered: await isResetOffered(ctx) })),
  ask: open.input(z.object({ email: z.string().trim().min(1).max(200) })).mutation(async ({ ctx, input }) => {
    await askPasswordReset(ctx, { ...input, peer: ctx.peer });
    return {};
  }),
  check: open
    .input(z.object({ token }))
    .query(({ ctx, input }) => checkPasswordReset(ctx, { ...input, peer: ctx.peer })),
  complete: open
    .input(z.object({ token, password: z.string().max(1000) }))
    .mutation(async ({ ctx, input }) => {
      await resetPassword(ctx, { ...input, peer: ctx.peer });
      return {};
    }),
});
