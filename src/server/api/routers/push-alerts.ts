import { z } from "zod";
import { ALERT_SEVERITIES } from "~/domain/alert";
import { idText } from "~/domain/id";
import { pushSubscription } from "~/domain/push";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import {
  changePush,
  followPush,
  getPushTest,
  listBrowsers,
  testPush,
  turnOffPush,
  turnOnPush,
} from "~/server/alerts/push-browsers";
import { ensurePushKeys } from "~/server/alerts/push-keys";
import { router, signedIn } from "../trpc";

const own = signedIn.meta({ permission: "own-session" });
const byId = z.object({ id: idText });
const minSeverity = z.enum(ALERT_SEVERITIES);

/** Notes of alerts in the browsers of whoever asks. */
export const pushAlertsRouter = router({
  list: own.query(({ ctx }) => listBrowsers(ctx)),
  /** The key with which a browser subscribes. */
  prepare: own.mutation(({ ctx }) => ensurePushKeys(ctx)),
  // A browser that was left open may not be made to tell another one.
  turnOn: own.input(pushSubscription.extend({ minSeverity })).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    return turnOnPush(ctx, input);
  }),
  turnOff: own.input(byId).mutation(async ({ ctx, input }) => {
    await turnOffPush(ctx, input);
    return {};
  }),
  change: own.input(byId.extend({ minSeverity })).mutation(async ({ ctx, input }) => {
    await changePush(ctx, input);
    return {};
  }),
  /** Says that a browser is still there, in this sign-in. */
  follow: own
    .input(z.object({ mark: z.string().regex(/^[0-9a-f]{64}$/) }))
    .mutation(({ ctx, input }) => followPush(ctx, input)),
  /** Queues a test; `testState` says what came of it. */
  test: own.input(byId).mutation(({ ctx, input }) => testPush(ctx, input)),
  testState: own.input(byId).query(({ ctx, input }) => getPushTest(ctx, input)),
});
