import { eq } from "drizzle-orm";
import type { UserActor } from "~/domain/permission";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { appendEntry, lockJournal } from "./append-entry";
import { countRecent } from "./recent-entries";

/** So many refusals of one person are written down within so many seconds, then one entry that says so. */
const DENIALS = { most: 20, seconds: 300 };

export interface Denial {
  /** The procedure or page that was asked for. */
  asked: string;
  /** The permission that was lacking, where it is known. */
  action: string | null;
  clientId: string | null;
}

/**
 * Journals that somebody asked for what is not theirs to ask. A script that goes on trying cannot fill the journal: after twenty within
 * five minutes one entry says that more are not written down, and then none until they have passed.
 */
export async function recordDenial(
  ctx: Pick<Ctx, "db" | "now"> & { actor: UserActor },
  denial: Denial,
): Promise<void> {
  const { actor } = ctx;
  const denied = { action: "permission.denied", seconds: DENIALS.seconds } as const;
  // First without the lock: whoever floods must not keep everybody else from appending.
  if ((await countRecent(ctx, { actorId: actor.userId }, denied)) > DENIALS.most) return;
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockJournal(tx);
    const already = await countRecent(inTx, { actorId: actor.userId }, denied);
    if (already > DENIALS.most) return;
    if (already === DENIALS.most) {
      const say = `Was refused ${DENIALS.most} times within ${DENIALS.seconds / 60} minutes. More of them are not written down until that has passed.`;
      await appendEntry(inTx, { action: "permission.denied", say, detail: { more: true } });
      return;
    }
    const { clientId, asked, action } = denial;
    const on = clientId === null ? "" : ` with the client ${await nameOf(inTx, clientId)}`;
    await appendEntry(inTx, {
      action: "permission.denied",
      say: `Was refused ${asked}${action === null ? "" : ` (${action})`}${on}.`,
      clientId,
      detail: { asked, permission: action, via: actor.via },
    });
  });
}

async function nameOf(ctx: Pick<Ctx, "db">, clientId: string): Promise<string> {
  const [client] = await ctx.db.select({ name: clients.name }).from(clients).where(eq(clients.id, clientId));
  return client?.name ?? clientId;
}
