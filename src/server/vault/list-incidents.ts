import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { vaultIncidents } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";
import { type IncidentRow, readIncidentRows } from "./incident-row";

export interface IncidentFilter {
  repositoryId?: string | undefined;
  clientId?: string | undefined;
  /** True: only those that nobody has resolved; false: only resolved ones. */
  open?: boolean | undefined;
}

/** Incidents that the actor may see, newest first. */
export async function listIncidents(
  ctx: Ctx,
  input: IncidentFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<IncidentRow>> {
  const after = decodeCursor(input.cursor);
  const { resolvedAt, openedAt, id } = vaultIncidents;
  const where = and(
    visibleTo(ctx.actor, vaultIncidents.clientId),
    input.repositoryId ? eq(vaultIncidents.repositoryId, input.repositoryId) : undefined,
    input.clientId ? eq(vaultIncidents.clientId, input.clientId) : undefined,
    input.open === undefined ? undefined : input.open ? isNull(resolvedAt) : isNotNull(resolvedAt),
    after ? sql`(${openedAt}, ${id}) < (${after.at.toISOString()}, ${after.id})` : undefined,
  );
  return cutPage(
    await readIncidentRows(ctx, where, input.limit + 1),
    input.limit,
    (row) => ({ at: row.openedAt, id: row.id }),
    (row) => row,
  );
}
