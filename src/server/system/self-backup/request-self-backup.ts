import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../../context";
import { newId } from "../../db/new-id";
import { selfBackups } from "../../db/schema/system";
import { appendEntry } from "../../journal/append-entry";
import { readSetting } from "../../settings/read-setting";

/** Asks the worker for a self-backup; one that waits or is under way already is that one. Refuses while there is no recovery key. */
export async function requestSelfBackup(ctx: Ctx): Promise<{ id: string }> {
  const { publicKey } = await readSetting(ctx, "recovery-key");
  if (publicKey === "")
    throw new Refusal("invalid-input", {
      say: "There is no recovery key yet, and a self-backup is encrypted to nothing else. Make one first: `bbs-admin recovery-key new`, or Settings, Self-backup.",
    });
  const row = {
    ...{ id: newId(), state: "queued" as const, createdAt: ctx.now },
    requestedBy: ctx.actor.kind === "user" ? ctx.actor.userId : null,
  };
  const made = await ctx.db.transaction(async (tx) => {
    const [inserted] = await tx
      .insert(selfBackups)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: selfBackups.id });
    if (inserted && ctx.actor.kind !== "worker")
      await appendEntry(
        { ...ctx, db: tx },
        { action: "self-backup.asked", say: "Asked for a backup of this server itself." },
      );
    return inserted;
  });
  if (made) return made;
  const [active] = await ctx.db
    .select({ id: selfBackups.id })
    .from(selfBackups)
    .where(inArray(selfBackups.state, ["queued", "running"]));
  // It has ended between the two statements.
  return active ?? requestSelfBackup(ctx);
}

const NIGHT_HOUR_UTC = 2;
const AGAIN_MS = 3_600_000;

/** Asks for the nightly one: once each day after two o'clock (UTC), at once when there was never one, and again an hour after a failure. */
export async function requestNightly(ctx: Ctx): Promise<void> {
  const { publicKey } = await readSetting(ctx, "recovery-key");
  if (publicKey === "") return;
  const night = new Date(ctx.now);
  night.setUTCHours(NIGHT_HOUR_UTC, 0, 0, 0);
  if (night > ctx.now) night.setUTCDate(night.getUTCDate() - 1);
  const [last] = await ctx.db
    .select({
      state: selfBackups.state,
      startedAt: selfBackups.startedAt,
      recoveryKey: selfBackups.recoveryKey,
    })
    .from(selfBackups)
    .where(and(isNotNull(selfBackups.startedAt), inArray(selfBackups.state, ["succeeded", "failed"])))
    .orderBy(desc(selfBackups.startedAt))
    .limit(1);
  const ageMs = last?.startedAt ? ctx.now.getTime() - last.startedAt.getTime() : null;
  const isDue =
    ageMs === null ||
    !last?.startedAt ||
    last.startedAt < night ||
    (last.state === "failed" ? ageMs >= AGAIN_MS : last.recoveryKey !== publicKey);
  if (isDue) await requestSelfBackup(ctx);
}

/** Where one that was asked for stands; for `bbs-admin`, which waits. */
export async function findSelfBackup(ctx: Pick<Ctx, "db">, id: string) {
  const [row] = await ctx.db.select().from(selfBackups).where(eq(selfBackups.id, id));
  return row ?? null;
}
