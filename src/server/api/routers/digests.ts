import { z } from "zod";
import { digestChoice } from "~/domain/digest";
import { getDigest, previewDigest, saveDigest } from "~/server/alerts/digests";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-account" });

export const digestsRouter = router({
  get: own.query(({ ctx }) => getDigest(ctx)),
  save: own.input(z.object({ choice: digestChoice.nullable() })).mutation(async ({ ctx, input }) => {
    await saveDigest(ctx, input);
    return {};
  }),
  preview: own
    .input(z.object({ every: digestChoice.shape.every }))
    .query(({ ctx, input }) => previewDigest(ctx, input)),
});
