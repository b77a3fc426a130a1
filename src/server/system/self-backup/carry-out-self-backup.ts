import { and, eq, inArray, isNull, lt, notInArray, or, sql } from "drizzle-orm";
import { env } from "~/env";
import type { Ctx } from "../../context";
import { selfBackups } from "../../db/schema/system";
import { type Keeper, KeeperProblem } from "../../keeper-port";
import { log } from "../../log";
import { readSetting } from "../../settings/read-setting";
import { SERVER_VERSION } from "../version";
import { dumpDatabase } from "./dump-database";

/** A worker that says nothing for so long has died over it. */
const LEASE_MS = 120_000;
const RENEW_MS = 30_000;

/** The database is read over a connection of its own. */
type Given = { databaseUrl: string; signal: AbortSignal };

/**
 * Makes the self-backup that waits, if one does: the database of one moment goes to the keeper, which adds what only it can read and encrypts
 * all of it. One whose worker died is made again from the beginning. `at` gives a ctx of now: it takes long. Answers whether there was one.
 */
export async function carryOutSelfBackup(at: () => Ctx, keeper: Keeper, given: Given): Promise<boolean> {
  const ctx = at();
  const claimed = await claim(ctx);
  if (!claimed) return false;
  const held = and(eq(selfBackups.id, claimed.id), eq(selfBackups.lease, claimed.lease));
  const renewal = setInterval(() => {
    const { db, now } = at();
    db.update(selfBackups)
      .set({ leaseExpiresAt: new Date(now.getTime() + LEASE_MS) })
      .where(held)
      .then(undefined, (problem: unknown) =>
        log().warn({ err: problem }, "a self-backup's lease was not renewed"),
      );
  }, RENEW_MS);
  try {
    const made = await make(ctx, keeper, given);
    await ctx.db
      .update(selfBackups)
      .set({ state: "succeeded", endedAt: at().now, problem: null, leaseExpiresAt: null, ...made.row })
      .where(held);
    await forgetRemoved(ctx, made.kept);
  } catch (problem) {
    // A worker that is being stopped hands it back: its successor begins anew.
    const end = given.signal.aborted
      ? { state: "queued" as const, leaseExpiresAt: null }
      : { state: "failed" as const, endedAt: at().now, leaseExpiresAt: null, problem: sayWhy(problem) };
    await ctx.db.update(selfBackups).set(end).where(held);
  } finally {
    clearInterval(renewal);
  }
  return true;
}

async function claim(ctx: Ctx): Promise<{ id: string; lease: number } | null> {
  const [row] = await ctx.db
    .update(selfBackups)
    .set({
      ...{ state: "running", startedAt: ctx.now, lease: sql`${selfBackups.lease} + 1` },
      leaseExpiresAt: new Date(ctx.now.getTime() + LEASE_MS),
    })
    .where(
      or(
        eq(selfBackups.state, "queued"),
        and(eq(selfBackups.state, "running"), lt(selfBackups.leaseExpiresAt, ctx.now)),
      ),
    )
    .returning({ id: selfBackups.id, lease: selfBackups.lease });
  return row ?? null;
}

async function make(ctx: Ctx, keeper: Keeper, { databaseUrl, signal }: Given) {
  const { publicKey: recoveryKey } = await readSetting(ctx, "recovery-key");
  const { appKey = "", appUrl, port, sshHost, sshPort } = env();
  const about = { version: SERVER_VERSION, appKey, settings: { appUrl, port, sshHost, sshPort } };
  const dump = dumpDatabase(databaseUrl, about, ctx.now);
  const { name, bytes, locations, kept } = await keeper.call(
    "self-backup",
    { recoveryKey },
    undefined,
    signal,
    dump,
  );
  return { kept, row: { recoveryKey, fileName: name, bytes, locations } };
}

/** The list is of what is there: the keeper has removed some. */
async function forgetRemoved(ctx: Ctx, kept: readonly { name: string }[]): Promise<void> {
  const names = kept.map(({ name }) => name);
  await ctx.db
    .update(selfBackups)
    .set({ removedAt: ctx.now })
    .where(
      and(
        inArray(selfBackups.state, ["succeeded"]),
        isNull(selfBackups.removedAt),
        notInArray(selfBackups.fileName, names),
      ),
    );
}

function sayWhy(problem: unknown): string {
  if (problem instanceof KeeperProblem) return problem.say;
  log().error({ err: problem }, "a self-backup failed");
  return "The server could not make it; the log of the worker or the keeper says why.";
}
