import { and, eq, sql } from "drizzle-orm";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { gateSessions } from "../db/schema/vault";
import { readSessionPage, type SessionRow } from "./session-row";

/**
 * A client's sessions, or those that opened one of its repositories, newest first. What the console shows is a copy; the keeper's own
 * file is the evidence.
 */
export async function listSessions(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { repositoryId?: string | undefined; cursor?: string | null | undefined; limit: number },
): Promise<Page<SessionRow>> {
  const after = decodeCursor(input.cursor);
  const where = and(
    eq(gateSessions.clientId, may.clientId),
    input.repositoryId ? eq(gateSessions.repositoryId, input.repositoryId) : undefined,
    after
      ? sql`(${gateSessions.startedAt}, ${gateSessions.sequence}) < (${after.at.toISOString()}, ${after.id}::bigint)`
      : undefined,
  );
  return cutPage(
    await readSessionPage(ctx, where, input.limit + 1),
    input.limit,
    (row) => ({ at: row.startedAt, id: String(row.sequence) }),
    (row) => row,
  );
}
