import { and, eq, gt, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { setupLinks } from "../db/schema/access";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { hashToken } from "../token";
import { createFirstAdmin, type FirstAdmin } from "./create-first-admin";

/**
 * Makes the first admin with a setup link. The link is used up only if the account was made; a link that is used, old or unknown
 * is refused as `setup-link-invalid`, all alike, and `rate-limited` after twenty wrong ones in an hour from one address.
 */
export async function completeSetup(
  ctx: Ctx,
  input: FirstAdmin & { token: string; peer: string | null },
): Promise<{ userId: string }> {
  const address = byAddress(input.peer);
  await demandTry(ctx, "link", address);
  const made = await makeAdmin(ctx, input);
  await forgiveTries(ctx, "link", address);
  return made;
}

function makeAdmin(ctx: Ctx, input: FirstAdmin & { token: string }): Promise<{ userId: string }> {
  return ctx.db.transaction(async (tx) => {
    const used = await tx
      .update(setupLinks)
      .set({ usedAt: ctx.now })
      .where(
        and(
          eq(setupLinks.tokenHash, hashToken(input.token)),
          isNull(setupLinks.usedAt),
          gt(setupLinks.expiresAt, ctx.now),
        ),
      )
      .returning({ id: setupLinks.id });
    if (used.length === 0) {
      throw new Refusal("setup-link-invalid", {
        say: "This setup link was used or is too old. Start the server again for a new one.",
      });
    }
    return createFirstAdmin({ ...ctx, db: tx }, input);
  });
}
