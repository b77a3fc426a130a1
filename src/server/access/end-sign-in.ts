import { and, eq, isNull } from "drizzle-orm";
import { userId } from "~/domain/id";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";

/** Ends a sign-in; the next request with its cookie is refused. May run twice. */
export async function endSignIn(ctx: Omit<Ctx, "actor">, signInId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [ended] = await tx
      .update(signIns)
      .set({ endedAt: ctx.now })
      .where(and(eq(signIns.id, signInId), isNull(signIns.endedAt)))
      .returning({ userId: signIns.userId, address: signIns.address, device: signIns.device });
    if (!ended) return;
    await appendEntry(
      { db: tx, now: ctx.now, actor: { kind: "user", userId: userId.parse(ended.userId) } },
      { action: "sign-in.ended", say: "Signed out.", detail: { ...ended, signInId } },
    );
  });
}
