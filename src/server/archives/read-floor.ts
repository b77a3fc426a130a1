import { eq } from "drizzle-orm";
import type { KeepFloor } from "~/domain/retention";
import type { Ctx } from "../context";
import { vaultStates } from "../db/schema/vault";

/** What the keeper is told at first (keeper/vault/vault-record), for a repository of which it has not told us yet. */
const FIRST_FLOOR: KeepFloor = { newest: 3, weeklyDays: 90 };

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
