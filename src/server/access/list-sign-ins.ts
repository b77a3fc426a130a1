import { and, desc, eq, gt, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { signIns } from "../db/schema/access";
import { readSetting } from "../settings/read-setting";

export interface SignInRow {
  id: string;
  createdAt: Date;
  /** Written at most once a minute. */
  lastSeenAt: Date;
  address: string | null;
  /** The browser's own name for itself. */
  device: string | null;
  by: "password" | "passkey" | "oidc";
}

/** A person's sign-ins that still work, the one seen last first; at most 200. */
export async function listSignIns(ctx: Ctx, input: { userId: string }): Promise<SignInRow[]> {
  const { idleMinutes, absoluteHours } = await readSetting(ctx, "sign-in");
  const now = ctx.now.getTime();
  return ctx.db
    .select({
      id: signIns.id,
      createdAt: signIns.createdAt,
      lastSeenAt: signIns.lastSeenAt,
      address: signIns.address,
      device: signIns.device,
      by: signIns.by,
    })
    .from(signIns)
    .where(
      and(
        eq(signIns.userId, input.userId),
        isNull(signIns.endedAt),
        gt(signIns.expiresAt, ctx.now),
        gt(signIns.lastSeenAt, new Date(now - idleMinutes * 60_000)),
        gt(signIns.createdAt, new Date(now - absoluteHours * 3_600_000)),
      ),
    )
    .orderBy(desc(signIns.lastSeenAt), signIns.id)
    .limit(200);
}
