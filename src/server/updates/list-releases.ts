import { desc, eq, inArray, isNull } from "drizzle-orm";
import { compareVersions } from "~/protocol/release";
import type { Ctx } from "../context";
import { releaseContents, releaseFiles, releases } from "../db/schema/updates";

/** Most releases that are shown; older ones are still there. */
const MOST = 50;

/** The releases that are here, by product and the newest version first, with their files and how much of each is stored. */
export async function listReleases(ctx: Pick<Ctx, "db">) {
  const { id, product, version, channel, releasedAt, notes, signedBy, source, addedAt } = releases;
  const rows = await ctx.db
    .select({ id, product, version, channel, releasedAt, notes, signedBy, source, addedAt })
    .from(releases)
    .where(isNull(releases.removedAt))
    .orderBy(desc(releasedAt), desc(id))
    .limit(MOST);
  const files = await ctx.db
    .select({
      releaseId: releaseFiles.releaseId,
      name: releaseFiles.name,
      kind: releaseFiles.kind,
      platform: releaseFiles.platform,
      arch: releaseFiles.arch,
      sha256: releaseFiles.sha256,
      size: releaseContents.size,
      chunks: releaseContents.chunks,
      storedAt: releaseContents.storedAt,
    })
    .from(releaseFiles)
    .innerJoin(releaseContents, eq(releaseContents.sha256, releaseFiles.sha256))
    .where(
      inArray(
        releaseFiles.releaseId,
        rows.map((row) => row.id),
      ),
    )
    .orderBy(releaseFiles.name);
  return rows
    .map((row) => ({ ...row, files: files.filter(({ releaseId }) => releaseId === row.id) }))
    .sort((a, b) => a.product.localeCompare(b.product) || compareVersions(b.version, a.version));
}
