import { z } from "zod";
import { idText } from "~/domain/id";
import { beginOwnPasskey, beginPasskeySignIn } from "~/server/access/begin-passkey";
import { type Shown, showSecondFactor } from "~/server/access/show-second-factor";
import { signInState } from "~/server/access/sign-in-state";
import { passkeyAnswer } from "../passkey-input";
import { type ApiContext, publicProcedure, router, signedIn } from "../trpc";

const finishing = signedIn.meta({ permission: "finish-sign-in" });
const code = z.object({ code: z.string().max(40) });
const passkey = z.object({ challengeId: idText, response: passkeyAnswer });

/** What stands between a right password and the console. What is right gives the browser a new cookie; the one before is dead. */
export const signInStepsRouter = router({
  state: finishing.query(({ ctx }) => signInState(ctx)),
  showTotp: finishing.input(code).mutation(({ ctx, input }) => show(ctx, { kind: "totp", code: input.code })),
  showRecoveryCode: finishing
    .input(code)
    .mutation(({ ctx, input }) => show(ctx, { kind: "recovery-code", code: input.code })),
  beginPasskey: finishing.mutation(({ ctx }) => beginOwnPasskey(ctx, { userId: ctx.actor.userId })),
  showPasskey: finishing
    .input(passkey)
    .mutation(({ ctx, input }) => show(ctx, { kind: "passkey", ...input })),
  /** A whole sign-in by passkey: its answer goes to next-auth's provider `passkey`. */
  beginPasskeySignIn: publicProcedure
    .meta({ permission: "public" })
    .mutation(({ ctx }) => beginPasskeySignIn(ctx, { peer: ctx.peer })),
});

async function show(ctx: ApiContext, shown: Shown): Promise<Record<string, never>> {
  const { signInId } = await showSecondFactor(ctx, { shown, peer: ctx.peer });
  await ctx.giveCookie?.(signInId);
  return {};
}
