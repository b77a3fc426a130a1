import { mayAdminister } from "~/domain/permission";
import { judgeSecurity, securityHeadline } from "~/domain/security-layers";
import { readSecurity } from "~/server/system/read-security";
import { getReportFacts } from "~/server/system/report-facts";
import { router, signedIn } from "../trpc";

export const securityRouter = router({
  /** Every layer with its state on this installation. */
  get: signedIn.meta({ permission: "administer" }).query(async ({ ctx }) => {
    const layers = judgeSecurity(await readSecurity(ctx));
    return { headline: securityHeadline(layers), layers };
  }),
  /** For whoever found a vulnerability: whom to tell, and what helps. */
  reportFacts: signedIn
    .meta({ permission: "own-account" })
    .query(({ ctx }) => getReportFacts(ctx, { admin: mayAdminister(ctx.actor) })),
});
