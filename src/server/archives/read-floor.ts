import { eq } from "drizzle-orm";
import { FIRST_FLOOR, type KeepFloor } from "~/domain/retention";
import type { Ctx } from "../context";
import { vaultStates } from "../db/schema/vault";

/** What is never removed from a repository, as its vault's rules say. The keeper holds it by itself; here it only explains. */
export async function readFloor(ctx: Ctx, repositoryId: string): Promise<KeepFloor> {
  const [found] = await ctx.db
    .select({ state: vaultStates.state })
    .from(vaultStates)
    .where(eq(vaultStates.repositoryId, repositoryId));
  if (!found) return FIRST_FLOOR;
  const { floorNewest, floorWeeklyDays } = found.state.rules;
  return { newest: floorNewest, weeklyDays: floorWeeklyDays };
}
