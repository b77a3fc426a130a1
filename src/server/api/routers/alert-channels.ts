import { z } from "zod";
import { ALERT_SEVERITIES, CHANNEL_KINDS, channelSecret, channelSettings } from "~/domain/alert";
import { idText, planId } from "~/domain/id";
import { SETTINGS } from "~/domain/settings";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { getDelivery, listChannels, removeChannel, saveChannel, testChannel } from "~/server/alerts/channels";
import { readSetting } from "~/server/settings/read-setting";
import { saveSetting } from "~/server/settings/save-setting";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const byId = z.object({ id: idText });
const channel = z.object({
  kind: z.enum(CHANNEL_KINDS),
  name: z.string().trim().min(1, "Give it a name.").max(80),
  to: channelSettings.shape.to,
  chat: channelSettings.shape.chat,
  everyMinutes: channelSettings.shape.everyMinutes,
  minSeverity: z.enum(ALERT_SEVERITIES),
  enabled: z.boolean(),
  planId: planId.nullable().default(null),
  /** Left out: the stored one stays. */
  url: channelSecret.shape.url.optional(),
  token: z.string().trim().max(500).optional(),
});

export const alertChannelsRouter = router({
  list: administer.query(({ ctx }) => listChannels(ctx)),
  // Whoever names a channel reads there what is wrong with the fleet.
  create: administer.input(channel).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    return saveChannel(ctx, input);
  }),
  update: administer.input(channel.extend({ id: idText })).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    return saveChannel(ctx, input);
  }),
  remove: administer.input(byId).mutation(async ({ ctx, input }) => {
    await removeChannel(ctx, input);
    return {};
  }),
  /** Queues a test; `testState` says what came of it. */
  test: administer.input(byId).mutation(({ ctx, input }) => testChannel(ctx, input)),
  testState: administer.input(byId).query(({ ctx, input }) => getDelivery(ctx, input)),
  settings: administer.query(({ ctx }) => readSetting(ctx, "alerts")),
  saveSettings: administer.input(SETTINGS.alerts).mutation(async ({ ctx, input }) => {
    await saveSetting(ctx, { name: "alerts", value: input });
    return {};
  }),
});
