import type { Ctx } from "../context";
import { storageNodes } from "../db/schema/clients";

/** The storage node of an installation that has one. */
export const MAIN_NODE = "main";

/** Makes the row of the first storage node. May run twice. */
export async function ensureStorageNode(ctx: Ctx): Promise<void> {
  await ctx.db
    .insert(storageNodes)
    .values({ id: MAIN_NODE, name: MAIN_NODE, createdAt: ctx.now })
    .onConflictDoNothing();
}
