import { and, eq, inArray, isNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { ReleaseSource } from "~/domain/release-source";
import {
  MOST_MANIFEST_BYTES,
  type OpenedRelease,
  openManifest,
  type ReleaseManifest,
  type ReleaseRefusal,
  releaseSignatures,
} from "~/protocol/release";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { releaseContents, releaseFiles, releases } from "../db/schema/updates";
import { appendEntry } from "../journal/append-entry";
import { readSetting } from "../settings/read-setting";
import { releaseCrypto } from "./release-crypto";

/** A release as it comes: the exact bytes of `manifest.json` and `manifest.sig`. */
export interface GivenRelease {
  manifest: Buffer;
  signatures: Buffer;
}

/**
 * Takes in what a release says of itself; its files are stored one by one afterwards (store-chunk). Only one that a release key of the
 * settings signed; of a version that is there already only the same bytes, perhaps with other signatures. May run twice. Answers which of its
 * files are still missing. Refuses `release-refused`, and says why; nothing is kept then.
 */
export async function takeInRelease(
  ctx: Ctx,
  given: GivenRelease & { source: ReleaseSource },
): Promise<{ id: string; version: string; missing: { name: string; sha256: string; size: number }[] }> {
  const opened = await openGiven(ctx, given);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const id = await keep(inTx, given, opened);
    return { id, version: opened.manifest.version, missing: await missingFiles(inTx, id) };
  });
}

/** The release, if a key of the settings signed it. Refuses otherwise. */
export async function openGiven(ctx: Ctx, given: GivenRelease): Promise<OpenedRelease> {
  const { releaseKeys } = await readSetting(ctx, "updates");
  if (releaseKeys.length === 0)
    throw refused("This server knows no release key yet. An admin adds one under Settings, Updates.");
  const opened = openManifest(given.manifest, readSignatures(given), releaseKeys, releaseCrypto);
  if ("refused" in opened) throw refused(WORDS[opened.refused]);
  return opened;
}

function readSignatures({ manifest, signatures }: GivenRelease) {
  try {
    if (Math.max(manifest.length, signatures.length) > MOST_MANIFEST_BYTES) throw new RangeError("too large");
    return releaseSignatures.parse(JSON.parse(signatures.toString("utf8")));
  } catch {
    throw refused("Its manifest.sig is none.");
  }
}

async function keep(ctx: Ctx, given: GivenRelease & { source: ReleaseSource }, opened: OpenedRelease) {
  const { manifest, signedBy } = opened;
  const { product, version, channel, notes } = manifest;
  const signatures = readSignatures(given);
  const [known] = await ctx.db
    .select()
    .from(releases)
    .where(and(eq(releases.product, product), eq(releases.version, version)))
    .for("update");
  if (known && !known.manifest.equals(given.manifest))
    throw refused(
      `Another release with the version ${version} is known here. A version is never made twice.`,
    );
  if (known) {
    const again = { signatures, signedBy, removedAt: null };
    await ctx.db.update(releases).set(again).where(eq(releases.id, known.id));
    if (known.removedAt === null) return known.id;
  }
  const id = known?.id ?? newId();
  if (!known)
    await ctx.db.insert(releases).values({
      ...{ id, product, version, channel, notes, signatures, signedBy },
      ...{ releasedAt: new Date(manifest.releasedAt), manifest: given.manifest },
      ...{ source: given.source, addedAt: ctx.now },
    });
  await keepFiles(ctx, id, manifest);
  await announce(ctx.db, { entity: "release", id, clientId: null });
  await appendEntry(ctx, {
    action: "release.added",
    say: `Took in release ${version} (${manifest.files.length} files).`,
    detail: { product, version, channel, source: given.source, signedBy },
  });
  return id;
}

async function keepFiles(ctx: Ctx, releaseId: string, { files }: ReleaseManifest): Promise<void> {
  const contents = new Map(files.map(({ sha256, size }) => [sha256, size]));
  if (files.some(({ sha256, size }) => contents.get(sha256) !== size))
    throw refused("It names one file with two sizes.");
  await ctx.db
    .insert(releaseContents)
    .values([...contents].map(([sha256, size]) => ({ sha256, size, touchedAt: ctx.now })))
    .onConflictDoNothing();
  const known = await ctx.db
    .select()
    .from(releaseContents)
    .where(inArray(releaseContents.sha256, [...contents.keys()]));
  if (known.some(({ sha256, size }) => contents.get(sha256) !== size))
    throw refused("It names a file that is known here with another size.");
  const rows = files.map(({ name, kind, platform, arch, libc, borgVersion, sha256 }) => ({
    ...{ releaseId, name, kind, platform, arch, sha256 },
    ...{ libc: libc ?? null, borgVersion: borgVersion ?? null },
  }));
  await ctx.db.insert(releaseFiles).values(rows).onConflictDoNothing();
}

/** Files of a release that are not here, or not whole, in the order of their names. */
export async function missingFiles(ctx: Pick<Ctx, "db">, releaseId: string) {
  return ctx.db
    .select({ name: releaseFiles.name, sha256: releaseFiles.sha256, size: releaseContents.size })
    .from(releaseFiles)
    .innerJoin(releaseContents, eq(releaseContents.sha256, releaseFiles.sha256))
    .where(and(eq(releaseFiles.releaseId, releaseId), isNull(releaseContents.storedAt)))
    .orderBy(releaseFiles.name);
}

/** Refuses a release, with a sentence that says what is wrong with it. */
export function refused(say: string): Refusal {
  return new Refusal("release-refused", { say: `This release was not taken in. ${say}` });
}

const WORDS: Record<ReleaseRefusal, string> = {
  unsigned: "It is not signed.",
  "unknown-key": "None of the release keys of this server signed it.",
  "bad-signature": "Its signature does not hold: the manifest was changed after it was signed.",
  "not-a-manifest": "What was signed is not the manifest of a release.",
  downgrade: "It is older than what runs.",
  "no-file-for-this-machine": "It holds nothing for this machine.",
  "too-old-to-update": "What runs is too old to go to it in one step.",
};
