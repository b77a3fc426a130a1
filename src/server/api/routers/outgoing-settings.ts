import { SETTINGS } from "~/domain/settings";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { readSetting } from "~/server/settings/read-setting";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const outgoingSettingsRouter = router({
  get: administer.query(({ ctx }) => readSetting(ctx, "outgoing")),
  save: administer.input(SETTINGS.outgoing).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    await saveOutgoing(ctx, input);
    return {};
  }),
});
