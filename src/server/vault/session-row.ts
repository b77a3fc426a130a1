import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { gateSessions } from "../db/schema/vault";

/** One pass of a client through the gate. */
export interface SessionRow {
  id: string;
  /** The storage node's number of it. */
  sequence: number;
  peerAddress: string | null;
  startedAt: Date;
  /** Null: still open, as far as the keeper has told us. */
  endedAt: Date | null;
  bytesIn: number | null;
  bytesOut: number | null;
  exitCode: number | null;
  /** Why the gate did not serve it; null: it did. */
  refused: string | null;
  /** The repository it opened; null: none. */
  repositoryId: string | null;
  writing: boolean;
  /** Last committed segment when a writing session was let in, and when it had ended. */
  transactionBefore: number | null;
  transactionAfter: number | null;
  callsRefused: number;
  /** The first of them, for the person. */
  refusedCalls: { call: string; say: string }[];
}

const columns = {
  id: gateSessions.id,
  sequence: gateSessions.sequence,
  peerAddress: gateSessions.peerAddress,
  startedAt: gateSessions.startedAt,
  endedAt: gateSessions.endedAt,
  bytesIn: gateSessions.bytesIn,
  bytesOut: gateSessions.bytesOut,
  exitCode: gateSessions.exitCode,
  refused: gateSessions.refused,
  repositoryId: gateSessions.repositoryId,
  writing: gateSessions.writing,
  transactionBefore: gateSessions.transactionBefore,
  transactionAfter: gateSessions.transactionAfter,
  callsRefused: gateSessions.callsRefused,
  refusedCalls: gateSessions.refusedCalls,
};

/** Sessions newest first, by `gate_sessions_client` or `gate_sessions_repository`. */
export function readSessionPage(ctx: Ctx, where: SQL | undefined, limit: number): Promise<SessionRow[]> {
  return ctx.db
    .select(columns)
    .from(gateSessions)
    .where(where)
    .orderBy(sql`${gateSessions.startedAt} desc`, sql`${gateSessions.sequence} desc`)
    .limit(limit);
}

/** Sessions by their numbers, at most a thousand. */
export async function readSessionRows(
  ctx: Ctx,
  given: { storageNodeId: string; sequences: readonly number[] },
): Promise<SessionRow[]> {
  if (given.sequences.length === 0) return [];
  return readSessionPage(
    ctx,
    and(
      eq(gateSessions.storageNodeId, given.storageNodeId),
      inArray(gateSessions.sequence, given.sequences.slice(0, 1000)),
    ),
    1000,
  );
}
