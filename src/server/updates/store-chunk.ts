import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { releaseChunks, releaseContents } from "../db/schema/updates";
import { refused } from "./take-in-release";

/** Bytes of every chunk of a file but the last one. */
export const CHUNK_BYTES = 1024 * 1024;

/** How far a file is: `chunks` came so far, the next one is that position. `stored`: it is whole, and its hash is the manifest's. */
export type StoredSoFar = { chunks: number; stored: boolean };

/**
 * Stores the next chunk of a file that a release names; any other than the next is not written, so a sender goes on at what the answer says and
 * two senders do no harm. With the last one the whole file is hashed: if it is not the file of the manifest all of it is thrown away, and
 * `release-refused`. Until then nobody is given any of it. Refuses `not-found` for a file of no release, `invalid-input` for a chunk of another size.
 */
export async function storeChunk(
  ctx: Ctx,
  given: { sha256: string; position: number; bytes: Buffer },
): Promise<StoredSoFar> {
  const { sha256, position, bytes } = given;
  const outcome = await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const content = await lockContent(inTx, sha256);
    const { chunks } = content;
    if (content.storedAt !== null) return { chunks, stored: true };
    if (position !== chunks) return { chunks, stored: false };
    const rest = content.size - position * CHUNK_BYTES;
    if (bytes.length !== Math.min(CHUNK_BYTES, rest))
      throw new Refusal("invalid-input", { say: "This piece of a file has not the size that it must have." });
    await tx.insert(releaseChunks).values({ sha256, position, bytes });
    const whole = bytes.length === rest;
    if (whole && (await hashOf(inTx, sha256, chunks + 1)) !== sha256) {
      await dropChunks(inTx, sha256);
      return null;
    }
    await tx
      .update(releaseContents)
      .set({ chunks: chunks + 1, touchedAt: ctx.now, storedAt: whole ? ctx.now : null })
      .where(eq(releaseContents.sha256, sha256));
    if (whole) await announce(tx, { entity: "release", id: sha256, clientId: null });
    return { chunks: chunks + 1, stored: whole };
  });
  if (outcome === null)
    throw refused("What came is not the file that was signed, and all of it was thrown away. Send it again.");
  return outcome;
}

/** Throws away what came of a file. */
export async function dropChunks(ctx: Pick<Ctx, "db" | "now">, sha256: string): Promise<void> {
  await ctx.db.delete(releaseChunks).where(eq(releaseChunks.sha256, sha256));
  const none = { chunks: 0, storedAt: null, touchedAt: ctx.now };
  await ctx.db.update(releaseContents).set(none).where(eq(releaseContents.sha256, sha256));
}

/** One chunk; null: it is not there. */
export async function readChunk(
  ctx: Pick<Ctx, "db">,
  sha256: string,
  position: number,
): Promise<Buffer | null> {
  const [row] = await ctx.db
    .select({ bytes: releaseChunks.bytes })
    .from(releaseChunks)
    .where(and(eq(releaseChunks.sha256, sha256), eq(releaseChunks.position, position)));
  return row?.bytes ?? null;
}

async function lockContent(ctx: Ctx, sha256: string) {
  const [content] = await ctx.db
    .select()
    .from(releaseContents)
    .where(eq(releaseContents.sha256, sha256))
    .for("update");
  if (content) return content;
  throw new Refusal("not-found", { say: "No release here names this file. Bring its manifest first." });
}

/** Read again as it was stored, chunk by chunk: never more than one in memory. */
async function hashOf(ctx: Ctx, sha256: string, chunks: number): Promise<string> {
  const hash = createHash("sha256");
  for (let position = 0; position < chunks; position++)
    hash.update((await readChunk(ctx, sha256, position)) ?? "");
  return hash.digest("hex");
}
