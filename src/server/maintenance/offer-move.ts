import { and, desc, eq, isNotNull, isNull } from "drizzle-orm";
import { compactionReserve } from "~/domain/capacity";
import { locationsOf } from "~/domain/node-status";
import type { Authorized } from "~/domain/permission";
import { formatBytes } from "~/domain/quantity";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { systemNodeStatus } from "../db/schema/system";
import { repositoryMissing } from "../repositories/find-repository-owner";

export interface MoveOffer {
  /** Where it lies now. */
  location: string;
  /** Bytes to be copied; null: not measured yet. */
  bytes: number | null;
  locations: {
    name: string;
    freeBytes: number;
    /** Why it cannot be moved there, for the person; null: it can. */
    refusal: string | null;
  }[];
  /** From the rate of the last move or check on this node; null: nothing was measured yet. */
  estimateSeconds: number | null;
}

/** A move reads the source, writes, reads back and lets borg read once more; a check reads once. */
const READS_PER_MOVE = 4;

/** Where a repository can be moved to and what that costs. Refuses not-found. */
export async function offerMove(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string },
): Promise<MoveOffer> {
  const [found] = await ctx.db
    .select({
      location: repositories.location,
      bytes: repositories.sizeBytes,
      storageNodeId: repositories.storageNodeId,
      status: systemNodeStatus.status,
    })
    .from(repositories)
    .leftJoin(systemNodeStatus, eq(systemNodeStatus.storageNodeId, repositories.storageNodeId))
    .where(
      and(
        eq(repositories.id, input.id),
        eq(repositories.clientId, may.clientId),
        isNull(repositories.removedAt),
      ),
    );
  if (!found) throw repositoryMissing();
  const { location, bytes, storageNodeId, status } = found;
  const needed = (bytes ?? 0) + compactionReserve(bytes ?? 0);
  const refusalOf = (one: { name: string; problem: string | null; freeBytes: number }) => {
    if (one.name === location) return "It lies there.";
    if (one.problem !== null) return `It cannot be used now: ${one.problem}`;
    if (one.freeBytes > needed) return null;
    return `${formatBytes(one.freeBytes)} are free there. The copy and the room that a compaction needs are ${formatBytes(needed)}.`;
  };
  const locations = (status ? locationsOf(status) : []).map((one) => ({
    ...{ name: one.name, freeBytes: one.freeBytes },
    refusal: refusalOf(one),
  }));
  const rate = await measuredRate(ctx, storageNodeId);
  return {
    ...{ location, bytes, locations },
    estimateSeconds: rate === null || bytes === null ? null : Math.ceil(bytes / rate),
  };
}

/** Bytes a second of the last move on a node, else what its last check lets expect; null: neither ran. */
async function measuredRate(ctx: Ctx, storageNodeId: string): Promise<number | null> {
  for (const [kind, key, part] of [
    ["move-repository", "bytes", 1],
    ["check", "bytesRead", READS_PER_MOVE],
  ] as const) {
    const [last] = await ctx.db
      .select({ result: jobs.result })
      .from(jobs)
      .innerJoin(repositories, eq(repositories.id, jobs.repositoryId))
      .where(and(eq(jobs.kind, kind), eq(repositories.storageNodeId, storageNodeId), isNotNull(jobs.result)))
      .orderBy(desc(jobs.createdAt), desc(jobs.id))
      .limit(1);
    const [bytes, seconds] = [last?.result?.[key], last?.result?.seconds];
    if (typeof bytes === "number" && typeof seconds === "number" && bytes > 0 && seconds > 0)
      return bytes / seconds / part;
  }
  return null;
}
