import { SETTINGS } from "~/domain/settings";
import { saveSignInSettings } from "~/server/access/save-sign-in-settings";
import { waysToSignIn } from "~/server/access/ways-to-sign-in";
import { readSetting } from "~/server/settings/read-setting";
import { publicProcedure, router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const signInSettingsRouter = router({
  /** What the sign-in page offers. */
  ways: publicProcedure.meta({ permission: "public" }).query(({ ctx }) => waysToSignIn(ctx)),
  get: administer.query(({ ctx }) => readSetting(ctx, "sign-in")),
  save: administer.input(SETTINGS["sign-in"]).mutation(async ({ ctx, input }) => {
    await saveSignInSettings(ctx, input);
    return {};
  }),
});
