import { asc, eq, gte, isNull, max } from "drizzle-orm";
import { compactionReserve, type Forecast, forecastFull } from "~/domain/capacity";
import { locationsOf } from "~/domain/node-status";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { storageDays, systemNodeStatus } from "../db/schema/system";

/** A storage location: how much room is left, and for how long. */
export interface StorageRoom {
  storageNodeId: string;
  location: string;
  freeBytes: number;
  totalBytes: number;
  /** When the node said so. */
  at: Date;
  forecast: Forecast;
}

/** Growth is judged over so many days at most. */
const LOOK_BACK_DAYS = 30;
const DAY_MS = 86_400_000;

/** Every storage location that can be used, of all nodes, in three statements. An admin's to know: the caller has asked. */
export async function readRooms(ctx: Pick<Ctx, "db" | "now">): Promise<StorageRoom[]> {
  const nodes = await ctx.db
    .select()
    .from(systemNodeStatus)
    .orderBy(asc(systemNodeStatus.at), systemNodeStatus.storageNodeId)
    .limit(1000);
  if (nodes.length === 0) return [];
  const since = new Date(ctx.now.getTime() - LOOK_BACK_DAYS * DAY_MS).toISOString().slice(0, 10);
  const firstDays = await ctx.db
    .selectDistinctOn([storageDays.storageNodeId, storageDays.location])
    .from(storageDays)
    .where(gte(storageDays.measuredOn, since))
    .orderBy(storageDays.storageNodeId, storageDays.location, asc(storageDays.measuredOn));
  const largest = await ctx.db
    .select({
      storageNodeId: repositories.storageNodeId,
      location: repositories.location,
      bytes: max(repositories.sizeBytes),
    })
    .from(repositories)
    .where(isNull(repositories.removedAt))
    .groupBy(repositories.storageNodeId, repositories.location);
  return nodes.flatMap(({ storageNodeId, status, at }) =>
    locationsOf(status)
      .filter(({ problem, totalBytes }) => problem === null && totalBytes > 0)
      .map(({ name, freeBytes, totalBytes }): StorageRoom => {
        const isHere = (one: { storageNodeId: string; location: string }) =>
          one.storageNodeId === storageNodeId && one.location === name;
        const first = firstDays.find(isHere);
        const usedBytes = totalBytes - freeBytes;
        const forecast = forecastFull({
          freeBytes,
          reserveBytes: compactionReserve(largest.find(isHere)?.bytes ?? 0),
          grownBytes: first ? usedBytes - first.usedBytes : 0,
          days: first ? Math.floor((at.getTime() - Date.parse(first.measuredOn)) / DAY_MS) : 0,
        });
        return { storageNodeId, location: name, freeBytes, totalBytes, at, forecast };
      }),
  );
}

/** The room of the location in which a repository lies; null: its node does not tell, or there is no such repository. */
export async function readRoomOf(
  ctx: Pick<Ctx, "db" | "now">,
  input: { repositoryId: string },
): Promise<StorageRoom | null> {
  const [repository] = await ctx.db
    .select({ storageNodeId: repositories.storageNodeId, location: repositories.location })
    .from(repositories)
    .where(eq(repositories.id, input.repositoryId));
  if (!repository) return null;
  const rooms = await readRooms(ctx);
  return (
    rooms.find(
      (room) => room.storageNodeId === repository.storageNodeId && room.location === repository.location,
    ) ?? null
  );
}
