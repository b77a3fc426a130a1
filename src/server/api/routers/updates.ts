import { z } from "zod";
import { clientId, idText } from "~/domain/id";
import { SETTINGS } from "~/domain/settings";
import { authorize } from "~/server/access/authorize";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { readSetting } from "~/server/settings/read-setting";
import { saveSetting } from "~/server/settings/save-setting";
import { updateClient } from "~/server/updates/agent/update-client";
import { countVersions } from "~/server/updates/count-versions";
import { askFeedNow, readFeedState } from "~/server/updates/feed-state";
import { listReleases } from "~/server/updates/list-releases";
import { removeRelease } from "~/server/updates/remove-release";
import { CHUNK_BYTES, storeChunk } from "~/server/updates/store-chunk";
import { takeInRelease } from "~/server/updates/take-in-release";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const base64 = (bytes: number) => z.base64().max(4 * Math.ceil(bytes / 3));

/** Bytes of a manifest as protocol/release bounds it. */
const manifest = base64(256 * 1024);

export const updatesRouter = router({
  /** The agent of one client goes to a release; the machine decides by what it trusts. */
  updateClient: signedIn
    .meta({ permission: "manage-clients" })
    .input(z.object({ clientId, releaseId: idText }))
    .mutation(async ({ ctx, input }) =>
      updateClient(ctx, await authorize(ctx, "manage-clients", input.clientId), input),
    ),
  /** Releases that are here, and how the feed is. */
  releases: administer.query(async ({ ctx }) => ({
    releases: await listReleases(ctx),
    feed: await readFeedState(ctx),
  })),
  /** How many machines run which versions. */
  versions: administer.query(({ ctx }) => countVersions(ctx)),
  /** An upload begins: the manifest and its signature. Then each missing file, chunk by chunk. */
  addRelease: administer.input(z.object({ manifest, signatures: manifest })).mutation(({ ctx, input }) =>
    takeInRelease(ctx, {
      manifest: Buffer.from(input.manifest, "base64"),
      signatures: Buffer.from(input.signatures, "base64"),
      source: "upload",
    }),
  ),
  /** A mebibyte, or what is left of the file. Answers which one it wants next. */
  storeChunk: administer
    .input(
      z.object({
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        position: z.number().int().min(0).max(100_000),
        bytes: base64(CHUNK_BYTES),
      }),
    )
    .mutation(({ ctx, input }) => storeChunk(ctx, { ...input, bytes: Buffer.from(input.bytes, "base64") })),
  removeRelease: administer.input(z.object({ id: idText })).mutation(async ({ ctx, input }) => {
    await removeRelease(ctx, input);
    return {};
  }),
  /** The worker does it within a minute. */
  askFeed: administer.mutation(async ({ ctx }) => {
    await askFeedNow(ctx);
    return {};
  }),
  settings: administer.query(({ ctx }) => readSetting(ctx, "updates")),
  saveSettings: administer.input(SETTINGS.updates).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    await saveSetting(ctx, {
      ...{ name: "updates", value: input },
      say: "Changed where releases come from, and whose are believed.",
    });
    return {};
  }),
});
