import { z } from "zod";
import { emailAddress } from "~/domain/email-address";
import { idText } from "~/domain/id";
import { SETTINGS } from "~/domain/settings";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { getMail } from "~/server/mail/get-mail";
import { getMailSettings, saveMailSettings, sendTestMail } from "~/server/mail/mail-settings";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const changed = z.object({
  value: SETTINGS.mail,
  /** A new one, `keep` the stored one, null none. */
  password: z.union([z.object({ set: z.string().min(1).max(500) }), z.literal("keep"), z.null()]),
});

export const mailSettingsRouter = router({
  get: administer.query(({ ctx }) => getMailSettings(ctx)),
  // Whoever names the mail server reads the links to new passwords.
  save: administer.input(changed).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    await saveMailSettings(ctx, input);
    return {};
  }),
  sendTest: administer
    .input(z.object({ to: emailAddress }))
    .mutation(({ ctx, input }) => sendTestMail(ctx, input)),
  testState: administer.input(z.object({ id: idText })).query(({ ctx, input }) => getMail(ctx, input)),
});
