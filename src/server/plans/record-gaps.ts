import { and, eq, isNull, notInArray, sql } from "drizzle-orm";
import type { Gap } from "~/protocol/looks";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clientGaps } from "../db/schema/clients";

/**
 * Keeps what a machine's search found, in the caller's transaction. A path keeps the day it was first found and a person's word that it
 * needs no backup, also while it is not there; an open one that is not found any more is gone.
 */
export async function recordGaps(ctx: Ctx, input: { clientId: string; gaps: readonly Gap[] }): Promise<void> {
  const { clientId } = input;
  const found = new Map(input.gaps.map((gap) => [gap.path, gap]));
  const paths = [...found.keys()];
  await ctx.db
    .delete(clientGaps)
    .where(
      and(
        eq(clientGaps.clientId, clientId),
        isNull(clientGaps.dismissedAt),
        paths.length > 0 ? notInArray(clientGaps.path, paths) : undefined,
      ),
    );
  if (found.size > 0) {
    await ctx.db
      .insert(clientGaps)
      .values([...found.values()].map((gap) => ({ ...gap, clientId, foundAt: ctx.now })))
      .onConflictDoUpdate({
        target: [clientGaps.clientId, clientGaps.path],
        set: { kind: sql`excluded.kind`, bytes: sql`excluded.bytes` },
      });
  }
  await announce(ctx.db, { entity: "client", id: clientId, clientId });
}
