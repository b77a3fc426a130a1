import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { agentKeys, clients } from "../db/schema/clients";
import { appendEntry, lockJournal } from "../journal/append-entry";
import { countRecent } from "../journal/recent-entries";
import { hashToken } from "../token";

/** A machine with a dead key asks again and again; once a day is enough to know of it. */
const ONCE_SECONDS = 24 * 3600;

/**
 * Journals that a machine came with an API key that was revoked: that of a client that was removed or has enrolled anew since, so perhaps
 * a stolen or forgotten one. A key that nobody ever had is not worth an entry.
 */
export async function noteRefusedAgent(
  ctx: Pick<Ctx, "db" | "now">,
  given: { apiKey: string; peer: string | null },
): Promise<void> {
  const [known] = await ctx.db
    .select({ clientId: agentKeys.clientId, name: clients.name, removedAt: clients.removedAt })
    .from(agentKeys)
    .innerJoin(clients, eq(clients.id, agentKeys.clientId))
    .where(eq(agentKeys.keyHash, hashToken(given.apiKey)));
  if (!known) return;
  const refused = { action: "agent.refused", seconds: ONCE_SECONDS } as const;
  if ((await countRecent(ctx, known, refused)) > 0) return;
  await ctx.db.transaction(async (tx) => {
    await lockJournal(tx);
    if ((await countRecent({ ...ctx, db: tx }, known, refused)) > 0) return;
    const why = known.removedAt ? "which was removed" : "which has enrolled anew since";
    await appendEntry(
      { db: tx, now: ctx.now, actor: { kind: "nobody" } },
      {
        action: "agent.refused",
        say: `Came with a revoked key of ${known.name}, ${why}. Nothing was handed out.`,
        clientId: known.clientId,
        detail: { address: given.peer },
      },
    );
  });
}
