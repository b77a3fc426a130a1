import { desc, eq, sql } from "drizzle-orm";
import type { JournalAction } from "~/domain/journal-action";
import type { Actor, UserActor } from "~/domain/permission";
import { storableText } from "~/domain/storable-text";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { clients } from "../db/schema/clients";
import { journalEntries } from "../db/schema/journal";
import { entryHash, FIRST_PREVIOUS_HASH } from "./entry-hash";

/** Whoever did it. Of a person only the id counts, so that a sign-in can be told of before there is an actor. */
export type JournalCtx = Pick<Ctx, "db" | "now"> & {
  actor: Exclude<Actor, UserActor> | Pick<UserActor, "kind" | "userId">;
};

export interface NewEntry {
  action: JournalAction;
  /** One sentence for people: what was done to what. Who did it stands beside it. */
  say: string;
  clientId?: string | null;
  repositoryId?: string | null;
  /** What changed, before and after, as JSON; no secrets, no `bigint`. */
  detail?: Record<string, unknown>;
}

/** Any number: one lock for all who append. */
const APPEND_LOCK = 7_204_119;

/**
 * Adds an entry behind the last one, in the caller's transaction: it stands exactly if what it tells of does. One transaction appends
 * at a time until it ends, so call it last, after every row lock; two that append first and lock rows then could wait for each other.
 * The actor is the ctx's, with the name of today. Text that PostgreSQL cannot hold is mended.
 */
export async function appendEntry(ctx: JournalCtx, entry: NewEntry): Promise<{ id: number }> {
  return ctx.db.transaction(async (tx) => {
    const actor = await nameActor({ ...ctx, db: tx });
    await lockJournal(tx);
    const [last] = await tx
      .select({ id: journalEntries.id, hash: journalEntries.hash })
      .from(journalEntries)
      .orderBy(desc(journalEntries.id))
      .limit(1);
    const unsealed = {
      id: (last?.id ?? 0) + 1,
      at: ctx.now,
      ...actor,
      action: entry.action,
      say: storableText(entry.say),
      clientId: entry.clientId ?? null,
      repositoryId: entry.repositoryId ?? null,
      detail: asStored(entry.detail ?? {}),
      previousHash: last?.hash ?? FIRST_PREVIOUS_HASH,
    };
    await tx.insert(journalEntries).values({ ...unsealed, hash: entryHash(unsealed) });
    return { id: unsealed.id };
  });
}

/** Until the transaction ends nobody else appends: for what must be decided by the newest entries. */
export async function lockJournal(tx: Ctx["db"]): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${APPEND_LOCK})`);
}

async function nameActor(ctx: JournalCtx) {
  const { actor } = ctx;
  const actorId = idOf(actor);
  return { actorKind: actor.kind, actorId, actorName: actorId === null ? null : await nameOf(ctx, actorId) };
}

function idOf(actor: JournalCtx["actor"]): string | null {
  if (actor.kind === "user") return actor.userId;
  return actor.kind === "agent" ? actor.clientId : null;
}

async function nameOf(ctx: JournalCtx, id: string): Promise<string | null> {
  const { db, actor } = ctx;
  const [found] =
    actor.kind === "user"
      ? await db.select({ name: users.name }).from(users).where(eq(users.id, id))
      : await db.select({ name: clients.name }).from(clients).where(eq(clients.id, id));
  return found?.name ?? null;
}

/** As it will be read back: what JSON cannot say is gone, every text is one that jsonb takes. */
function asStored(detail: Record<string, unknown>): Record<string, unknown> {
  const mended = JSON.stringify(detail, (_, value: unknown) =>
    typeof value === "string" ? storableText(value) : value,
  );
  return JSON.parse(mended) as Record<string, unknown>;
}
