import { lt } from "drizzle-orm";
import type { Ctx } from "../../context";
import { downloads } from "../../db/schema/downloads";

const KEPT_HOURS = 24;

/** Forgets tickets of yesterday; the journal keeps who downloaded what. Longer than a download may take. */
export async function purgeDownloads(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now.getTime() - KEPT_HOURS * 3_600_000);
  await ctx.db.delete(downloads).where(lt(downloads.expiresAt, before));
}
