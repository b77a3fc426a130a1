import { deviceName } from "~/domain/device-name";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { endOneSignIn } from "./end-one-sign-in";
import { endSignInsOf } from "./end-sign-ins-of";
import { ownSignIn } from "./own-sign-in";

/** Ends one of one's own sign-ins, also the one that asks. Refuses `not-found` for anybody else's and for one that has ended. */
export async function endOwnSignIn(ctx: Ctx, input: { id: string }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  await ctx.db.transaction(async (tx) => {
    const ended = await endOneSignIn({ ...ctx, db: tx }, { userId, signInId: input.id });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "sign-in.ended",
        say: `Ended their own sign-in with ${deviceName(ended.device)}.`,
        detail: { userId, ...ended },
      },
    );
  });
}

/** Ends every sign-in of one's own but the one that asks. Answers how many; journals only when there was any. */
export async function endOtherSignIns(ctx: Ctx): Promise<{ ended: number }> {
  const { userId, signInId } = ownSignIn(ctx);
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const ended = await endSignInsOf(within, { userId, except: signInId });
    if (ended > 0) {
      const say = `Ended their other sign-ins (${ended}).`;
      await appendEntry(within, { action: "sign-in.ended", say, detail: { userId, ended } });
    }
    return { ended };
  });
}
