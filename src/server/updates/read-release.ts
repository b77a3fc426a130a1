import { and, eq, isNotNull, isNull, ne } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { releaseContents, releaseFiles, releases } from "../db/schema/updates";
import { CHUNK_BYTES, readChunk } from "./store-chunk";

/** A release that was taken in and not removed, as it was signed. Refuses `not-found`. */
export async function readRelease(ctx: Pick<Ctx, "db">, { id }: { id: string }) {
  const [release] = await ctx.db
    .select()
    .from(releases)
    .where(and(eq(releases.id, id), isNull(releases.removedAt)));
  if (!release) throw new Refusal("not-found", { say: "There is no such release here." });
  return release;
}

/** A file that is read chunk by chunk, as it is asked for. */
export interface StoredFile {
  size: number;
  pieces: AsyncGenerator<Buffer>;
}

/**
 * A file for a machine: one that is whole, of a release that is here, and no server. Nobody has to trust it: who asks knows its hash from a signed
 * manifest. A removal meanwhile breaks the reading. Refuses `not-found`.
 */
export async function openReleaseFile(
  ctx: Pick<Ctx, "db">,
  { sha256 }: { sha256: string },
): Promise<StoredFile> {
  const [found] = await ctx.db
    .select({ size: releaseContents.size })
    .from(releaseContents)
    .innerJoin(releaseFiles, eq(releaseFiles.sha256, releaseContents.sha256))
    .innerJoin(releases, eq(releases.id, releaseFiles.releaseId))
    .where(
      and(
        eq(releaseContents.sha256, sha256),
        isNotNull(releaseContents.storedAt),
        isNull(releases.removedAt),
        ne(releaseFiles.kind, "server"),
      ),
    )
    .limit(1);
  if (!found) throw new Refusal("not-found", { say: "This server has no such file of a release." });
  return { size: found.size, pieces: readPieces(ctx, sha256, found.size) };
}

/** The bytes of a stored file, one chunk in memory at a time; throws when it is gone before its end. */
export async function* readPieces(
  ctx: Pick<Ctx, "db">,
  sha256: string,
  size: number,
): AsyncGenerator<Buffer> {
  for (let position = 0; position * CHUNK_BYTES < size; position++) {
    const chunk = await readChunk(ctx, sha256, position);
    if (chunk === null) throw new Error(`chunk ${position} of ${sha256} is gone`);
    yield chunk;
  }
}
