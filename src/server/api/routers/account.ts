import { z } from "zod";
import { idText } from "~/domain/id";
import { givenName } from "~/domain/name";
import { changeOwnName } from "~/server/access/change-own-name";
import { changePassword, setPassword } from "~/server/access/change-password";
import { endOtherSignIns, endOwnSignIn } from "~/server/access/end-own-sign-ins";
import { getAccount } from "~/server/access/get-account";
import { listSignIns } from "~/server/access/list-sign-ins";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-session" });
/** Its rules stand in domain/password. */
const password = z.string().min(1).max(1000);

export const accountRouter = router({
  get: own.query(({ ctx }) => getAccount(ctx, { userId: ctx.actor.userId })),
  rename: own.input(z.object({ name: givenName })).mutation(async ({ ctx, input }) => {
    await changeOwnName(ctx, input);
    return {};
  }),
  sessions: own.query(async ({ ctx }) => {
    const { userId, signInId } = ctx.actor;
    const rows = await listSignIns(ctx, { userId });
    return rows.map((row) => ({ ...row, isThis: row.id === signInId }));
  }),
  endSession: own.input(z.object({ id: idText })).mutation(async ({ ctx, input }) => {
    await endOwnSignIn(ctx, input);
    return {};
  }),
  endOtherSessions: own.mutation(({ ctx }) => endOtherSignIns(ctx)),
  changePassword: own
    .input(z.object({ current: password, next: password }))
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  setPassword: own.input(z.object({ password })).mutation(({ ctx, input }) => setPassword(ctx, input)),
});
