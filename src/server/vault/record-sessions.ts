import { eq, max, sql } from "drizzle-orm";
import type { GateSession } from "~/keeper/contract/accounts";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { gateSessions } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";

const AT_ONCE = 500;

/**
 * Copies what is new in the keeper's session ledger: sessions that began, and ends of those we knew as open. May run twice. Returns
 * the clients that had news. The copy is for the console; the keeper's file stays the evidence.
 */
export async function recordSessions(
  ctx: Ctx,
  keeper: Keeper,
  input: { storageNodeId: string },
): Promise<{ clientIds: string[] }> {
  const clientIds = new Set<string>();
  for (;;) {
    const [known] = await ctx.db
      .select({ sequence: max(gateSessions.sequence) })
      .from(gateSessions)
      .where(eq(gateSessions.storageNodeId, input.storageNodeId));
    const fromSequence = (known?.sequence ?? 0) + 1;
    const { sessions } = await keeper.call("list-sessions", { fromSequence, limit: AT_ONCE });
    if (sessions.length === 0) break;
    const changed = await store(ctx, input.storageNodeId, sessions);
    for (const clientId of changed) clientIds.add(clientId);
    const last = sessions.at(-1)?.sequence ?? 0;
    if (sessions.length < AT_ONCE || last < fromSequence) break;
  }
  return { clientIds: [...clientIds] };
}

async function store(ctx: Ctx, storageNodeId: string, sessions: readonly GateSession[]): Promise<string[]> {
  return ctx.db.transaction(async (tx) => {
    const changed = await tx
      .insert(gateSessions)
      .values(
        sessions.map((session) => ({
          ...session,
          id: `${session.sequence}@${storageNodeId}`,
          storageNodeId,
          startedAt: new Date(session.startedAt),
          endedAt: session.endedAt === null ? null : new Date(session.endedAt),
        })),
      )
      .onConflictDoUpdate({
        target: gateSessions.id,
        set: {
          endedAt: sql`excluded.ended_at`,
          bytesIn: sql`excluded.bytes_in`,
          bytesOut: sql`excluded.bytes_out`,
          exitCode: sql`excluded.exit_code`,
          refused: sql`excluded.refused`,
          repositoryId: sql`excluded.repository_id`,
          writing: sql`excluded.writing`,
          transactionBefore: sql`excluded.transaction_before`,
          transactionAfter: sql`excluded.transaction_after`,
          callsRefused: sql`excluded.calls_refused`,
          refusedCalls: sql`excluded.refused_calls`,
        },
        setWhere: sql`${gateSessions.endedAt} is null and (
          excluded.ended_at is not null or excluded.repository_id is distinct from ${gateSessions.repositoryId})`,
      })
      .returning({ clientId: gateSessions.clientId });
    const clientIds = [...new Set(changed.map((row) => row.clientId))];
    for (const clientId of clientIds) await announce(tx, { entity: "client", id: clientId, clientId });
    return clientIds;
  });
}
