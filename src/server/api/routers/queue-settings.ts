import { SETTINGS } from "~/domain/settings";
import { saveQueueLimits } from "~/server/jobs/save-queue-limits";
import { readSetting } from "~/server/settings/read-setting";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const queueSettingsRouter = router({
  get: administer.query(({ ctx }) => readSetting(ctx, "queue")),
  save: administer.input(SETTINGS.queue).mutation(async ({ ctx, input }) => {
    await saveQueueLimits(ctx, input);
    return {};
  }),
});
