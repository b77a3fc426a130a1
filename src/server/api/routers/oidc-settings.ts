import { z } from "zod";
import { SETTINGS } from "~/domain/settings";
import { getOidcSettings, saveOidcSettings, testOidcProvider } from "~/server/access/oidc-settings";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const changed = z.object({
  value: SETTINGS.oidc,
  /** A new one, `keep` the stored one, null none. */
  secret: z.union([z.object({ set: z.string().min(1).max(500) }), z.literal("keep"), z.null()]),
});

export const oidcSettingsRouter = router({
  get: administer.query(({ ctx }) => getOidcSettings(ctx)),
  save: administer.input(changed).mutation(async ({ ctx, input }) => {
    await saveOidcSettings(ctx, input);
    return {};
  }),
  test: administer
    .input(z.object({ issuer: z.string().max(500), hasSecret: z.boolean() }))
    .mutation(({ ctx, input }) => testOidcProvider(ctx, input)),
});
