import { and, eq, isNull, lt, notExists, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { releaseContents, releaseFiles, releases } from "../db/schema/updates";
import { appendEntry } from "../journal/append-entry";
import { readRelease } from "./read-release";
import { dropChunks } from "./store-chunk";

/** Removes a release and what no other one needs. A feed does not bring it again, an upload does. Refuses `not-found`. */
export async function removeRelease(ctx: Ctx, { id }: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { version, product } = await readRelease(inTx, { id });
    await tx.update(releases).set({ removedAt: ctx.now }).where(eq(releases.id, id));
    await tx.delete(releaseFiles).where(eq(releaseFiles.releaseId, id));
    await dropUnnamed(inTx);
    await announce(tx, { entity: "release", id, clientId: null });
    const say = `Removed release ${version} and its files.`;
    await appendEntry(inTx, { action: "release.removed", say, detail: { product, version } });
  });
}

/** Files that no release names any more; their chunks go with them. */
async function dropUnnamed(ctx: Ctx): Promise<void> {
  const naming = ctx.db
    .select({ one: sql`1` })
    .from(releaseFiles)
    .where(eq(releaseFiles.sha256, releaseContents.sha256));
  await ctx.db.delete(releaseContents).where(notExists(naming));
}

/** How long what came of a file waits for the rest, in hours. */
const UNFINISHED_HOURS = 24;

/** Throws away pieces of files whose sender went away a day ago. */
export async function purgeUnfinished(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now.getTime() - UNFINISHED_HOURS * 3_600_000);
  const { sha256, storedAt, touchedAt, chunks } = releaseContents;
  await ctx.db.transaction(async (tx) => {
    const left = await tx
      .select({ sha256 })
      .from(releaseContents)
      .where(and(isNull(storedAt), lt(touchedAt, before), sql`${chunks} > 0`))
      .orderBy(sha256)
      .limit(100)
      .for("update");
    for (const one of left) await dropChunks({ ...ctx, db: tx }, one.sha256);
  });
}
