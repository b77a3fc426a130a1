import { z } from "zod";
import { DOWNLOAD_FORMATS, MOST_DOWNLOAD_PATHS } from "~/domain/download";
import { archiveId } from "~/domain/id";
import { authorize } from "~/server/access/authorize";
import { prepareDownload } from "~/server/archives/download/prepare-download";
import { findArchiveOwner } from "~/server/archives/get-archive";
import { router, signedIn } from "../trpc";

export const downloadsRouter = router({
  /** A ticket for files of an archive: a GET of its address by the same person, once and within two minutes, brings them. */
  prepare: signedIn
    .meta({ permission: "restore" })
    .input(
      z.object({
        archiveId,
        /** base64 of their bytes, each with all below it; none: the whole archive. */
        paths: z.array(z.base64().min(1).max(8192)).max(MOST_DOWNLOAD_PATHS),
        format: z.enum(DOWNLOAD_FORMATS),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const may = await authorize(ctx, "restore", await findArchiveOwner(ctx, input));
      return prepareDownload(ctx, may, input);
    }),
});
