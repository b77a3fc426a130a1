import { SETTINGS } from "~/domain/settings";
import { readSetting } from "~/server/settings/read-setting";
import { saveSetting } from "~/server/settings/save-setting";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const maintenanceSettingsRouter = router({
  get: administer.query(({ ctx }) => readSetting(ctx, "maintenance")),
  save: administer.input(SETTINGS.maintenance).mutation(async ({ ctx, input }) => {
    await saveSetting(ctx, {
      ...{ name: "maintenance", value: input },
      say: "Changed when the server maintains repositories by itself.",
    });
    return {};
  }),
});
