import { and, eq, sql } from "drizzle-orm";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { gateSessions } from "../db/schema/vault";

/** One pass of a client through the gate. */
export interface SessionRow {
  id: string;
  peerAddress: string | null;
  startedAt: Date;
  /** Null: still open, as far as the keeper has told us. */
  endedAt: Date | null;
  bytesIn: number | null;
  bytesOut: number | null;
  exitCode: number | null;
  /** Why the gate did not serve it; null: it did. */
  refused: string | null;
}

/** A client's sessions, newest first. What the console shows is a copy; the keeper's own file is the evidence. */
export async function listSessions(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { cursor?: string | null | undefined; limit: number },
): Promise<Page<SessionRow>> {
  const after = decodeCursor(input.cursor);
  const rows = await ctx.db
    .select({
      id: gateSessions.id,
      sequence: gateSessions.sequence,
      peerAddress: gateSessions.peerAddress,
      startedAt: gateSessions.startedAt,
      endedAt: gateSessions.endedAt,
      bytesIn: gateSessions.bytesIn,
      bytesOut: gateSessions.bytesOut,
      exitCode: gateSessions.exitCode,
      refused: gateSessions.refused,
    })
    .from(gateSessions)
    .where(
      and(
        eq(gateSessions.clientId, may.clientId),
        after
          ? sql`(${gateSessions.startedAt}, ${gateSessions.sequence}) < (${after.at.toISOString()}, ${after.id}::bigint)`
          : undefined,
      ),
    )
    .orderBy(sql`${gateSessions.startedAt} desc`, sql`${gateSessions.sequence} desc`)
    .limit(input.limit + 1);
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.startedAt, id: String(row.sequence) }),
    ({ sequence: _, ...row }) => row,
  );
}
