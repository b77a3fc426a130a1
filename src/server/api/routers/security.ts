import { judgeSecurity, securityHeadline } from "~/domain/security-layers";
import { readSecurity } from "~/server/system/read-security";
import { router, signedIn } from "../trpc";

export const securityRouter = router({
  /** Every layer with its state on this installation. */
  get: signedIn.meta({ permission: "administer" }).query(async ({ ctx }) => {
    const layers = judgeSecurity(await readSecurity(ctx));
    return { headline: securityHeadline(layers), layers };
  }),
});
