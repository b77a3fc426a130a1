import { SETTINGS } from "~/domain/settings";
import { getSignInSettings, saveSignInSettings } from "~/server/access/sign-in-settings";
import { waysToSignIn } from "~/server/access/ways-to-sign-in";
import { publicProcedure, router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const signInSettingsRouter = router({
  /** What the sign-in page offers. */
  ways: publicProcedure.meta({ permission: "public" }).query(({ ctx }) => waysToSignIn(ctx)),
  get: administer.query(({ ctx }) => getSignInSettings(ctx)),
  save: administer.input(SETTINGS["sign-in"]).mutation(async ({ ctx, input }) => {
    await saveSignInSettings(ctx, input);
    return {};
  }),
});
