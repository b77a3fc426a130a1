import { z } from "zod";
import { completeSetup } from "~/server/access/complete-setup";
import { isSetupLinkValid, isSetupNeeded } from "~/server/access/setup-state";
import { publicProcedure, router } from "../trpc";

const open = publicProcedure.meta({ permission: "public" });
const token = z.string().min(1).max(200);
const firstAdmin = z.object({
  token,
  email: z.string().trim().pipe(z.email()).pipe(z.string().max(200)),
  name: z.string().trim().min(1, "Type your name.").max(80),
  /** Its rules stand in server/access/password. */
  password: z.string().max(1000),
});

export const setupRouter = router({
  state: open.query(async ({ ctx }) => ({ needed: await isSetupNeeded(ctx) })),
  checkLink: open
    .input(z.object({ token }))
    .query(async ({ ctx, input }) => ({ valid: await isSetupLinkValid(ctx, { ...input, peer: ctx.peer }) })),
  complete: open
    .input(firstAdmin)
    .mutation(({ ctx, input }) => completeSetup(ctx, { ...input, peer: ctx.peer })),
});
