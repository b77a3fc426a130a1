import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { signIns } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { readSetting } from "../settings/read-setting";
import { findSignIn } from "./find-sign-in";

/** Hours that the cookie of a sign-in lives: as many as `absoluteHours` may be set to. The row ends sooner, and decides. */
export const SIGN_IN_HOURS = 2160;

export interface NewSignIn {
  userId: string;
  by: "password" | "passkey" | "oidc";
  /** Whether what was shown counts as the second factor too: a passkey that verified the person. */
  secondFactorShown: boolean;
  /** True peer address; null when unknown. */
  peer: string | null;
  /** The browser's own name for itself. */
  device: string | null;
}

/** Starts a sign-in of a person who has just shown who they are, and journals it. The caller has checked everything. */
export async function startSignIn(
  ctx: Omit<Ctx, "actor">,
  input: NewSignIn,
): Promise<{ signInId: string; expiresAt: Date }> {
  const signInId = newId();
  const { absoluteHours } = await readSetting(ctx, "sign-in");
  const expiresAt = new Date(ctx.now.getTime() + absoluteHours * 3_600_000);
  const device = input.device?.slice(0, 300) ?? null;
  await ctx.db.transaction(async (tx) => {
    await tx.insert(signIns).values({
      id: signInId,
      userId: input.userId,
      createdAt: ctx.now,
      lastSeenAt: ctx.now,
      expiresAt,
      address: input.peer,
      device,
      by: input.by,
      secondFactorAt: input.secondFactorShown ? ctx.now : null,
      confirmedAt: ctx.now,
    });
    const inTx = { ...ctx, db: tx };
    const actor = (await findSignIn(inTx, signInId)) ?? ({ kind: "nobody" } as const);
    await appendEntry(
      { ...inTx, actor },
      {
        action: "sign-in",
        say: `Signed in ${WORDS[input.by]}.`,
        detail: { userId: input.userId, by: input.by, address: input.peer, device },
      },
    );
  });
  return { signInId, expiresAt };
}

const WORDS: Record<NewSignIn["by"], string> = {
  password: "with a password",
  passkey: "with a passkey",
  oidc: "by OpenID Connect",
};
