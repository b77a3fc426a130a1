import { and, eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { passkeys } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { dropOrphanedCodes, tellOfRemoval } from "./drop-second-factor";
import { ownSignIn } from "./own-sign-in";

/** Gives one of one's own passkeys another name. Refuses `not-found` for anybody else's. */
export async function renamePasskey(ctx: Ctx, input: { id: string; name: string }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  await ctx.db.transaction(async (tx) => {
    const own = and(eq(passkeys.id, input.id), eq(passkeys.userId, userId));
    const [before] = await tx.select({ name: passkeys.name }).from(passkeys).where(own).for("update");
    if (!before) throw noSuchPasskey();
    await tx.update(passkeys).set({ name: input.name }).where(own);
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "passkey.renamed",
        say: `Renamed the passkey ${before.name} to ${input.name}.`,
        detail: { userId, passkeyId: input.id, before: before.name, after: input.name },
      },
    );
  });
}

/**
 * Takes one of one's own passkeys away. Wants a fresh confirmation. With the last factor the recovery codes go too. Refuses `not-found` for
 * anybody else's.
 */
export async function removePasskey(ctx: Ctx, input: { id: string }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  demandConfirmed(ctx);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [removed] = await tx
      .delete(passkeys)
      .where(and(eq(passkeys.id, input.id), eq(passkeys.userId, userId)))
      .returning({ name: passkeys.name });
    if (!removed) throw noSuchPasskey();
    await dropOrphanedCodes(inTx, { userId });
    await tellOfRemoval(inTx, { userId, what: `The passkey ${removed.name} of your account was removed` });
    await appendEntry(inTx, {
      action: "passkey.removed",
      say: `Removed the passkey ${removed.name}.`,
      detail: { userId, passkeyId: input.id },
    });
  });
}

const noSuchPasskey = () => new Refusal("not-found", { say: "There is no such passkey." });
