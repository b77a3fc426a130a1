import { and, count, inArray, isNull, sql } from "drizzle-orm";
import { soonest } from "~/domain/capacity";
import { mayAdminister } from "~/domain/permission";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";
import { readRooms } from "./read-rooms";

/**
 * How much there is (without the trash) of what the actor may see, and how much room is left over all storage locations and
 * which of them is full first, which is an admin's to know. `storage` null: no node has reported yet, or it is not the actor's to know.
 */
export async function readStorage(ctx: Ctx) {
  const visible = visibleTo(ctx.actor, repositories.clientId);
  const seen = ctx.db.select({ id: repositories.id }).from(repositories).where(visible);
  const [archives] = await ctx.db
    .select({ count: count() })
    .from(archiveLedger)
    .where(
      and(
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
        visible && inArray(archiveLedger.repositoryId, seen),
      ),
    );
  const [stored] = await ctx.db
    .select({ bytes: sql`coalesce(sum(${repositories.sizeBytes}), 0)`.mapWith(Number) })
    .from(repositories)
    .where(visible);
  const rooms = mayKnowRoom(ctx) ? await readRooms(ctx) : [];
  const [oldest] = rooms;
  const sum = (key: "freeBytes" | "totalBytes") => rooms.reduce((all, room) => all + room[key], 0);
  const first = soonest(rooms);
  return {
    archives: { count: archives?.count ?? 0, bytes: stored?.bytes ?? 0 },
    storage:
      oldest && first
        ? {
            ...{ freeBytes: sum("freeBytes"), totalBytes: sum("totalBytes"), at: oldest.at },
            ...{ forecast: first.forecast, forecastOf: rooms.length > 1 ? first.location : null },
          }
        : null,
  };
}

const mayKnowRoom = ({ actor }: Ctx) =>
  actor.kind === "worker" || (actor.kind === "user" && mayAdminister(actor));
