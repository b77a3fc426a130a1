import { z } from "zod";
import { idText } from "~/domain/id";
import { givenName } from "~/domain/name";
import { addPasskey, beginPasskeyRegistration } from "~/server/access/add-passkey";
import { beginTotp, confirmTotp } from "~/server/access/add-totp";
import { removePasskey, renamePasskey } from "~/server/access/change-passkey";
import { makeRecoveryCodes } from "~/server/access/make-recovery-codes";
import { removeTotp } from "~/server/access/remove-totp";
import { secondFactorState } from "~/server/access/sign-in-state";
import { newPasskey } from "../passkey-input";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-session" });
/** Also for somebody who has to set up a second factor before anything else works; the operations ask how far the sign-in is. */
const enrolling = signedIn.meta({ permission: "finish-sign-in" });

/** One's own authenticator app, passkeys and recovery codes. */
export const secondFactorRouter = router({
  state: own.query(({ ctx }) => secondFactorState(ctx)),
  beginTotp: enrolling.mutation(({ ctx }) => beginTotp(ctx)),
  confirmTotp: enrolling.input(z.object({ code: z.string().max(20) })).mutation(async ({ ctx, input }) => {
    const { signInId } = await confirmTotp(ctx, input);
    await ctx.giveCookie?.(signInId);
    return {};
  }),
  removeTotp: own.mutation(async ({ ctx }) => {
    await removeTotp(ctx);
    return {};
  }),
  makeRecoveryCodes: own.mutation(({ ctx }) => makeRecoveryCodes(ctx)),
  beginPasskey: enrolling.mutation(({ ctx }) => beginPasskeyRegistration(ctx)),
  addPasskey: enrolling
    .input(z.object({ challengeId: idText, name: givenName, response: newPasskey }))
    .mutation(async ({ ctx, input }) => {
      const { signInId } = await addPasskey(ctx, input);
      await ctx.giveCookie?.(signInId);
      return {};
    }),
  renamePasskey: own.input(z.object({ id: idText, name: givenName })).mutation(async ({ ctx, input }) => {
    await renamePasskey(ctx, input);
    return {};
  }),
  removePasskey: own.input(z.object({ id: idText })).mutation(async ({ ctx, input }) => {
    await removePasskey(ctx, input);
    return {};
  }),
});
