import { z } from "zod";
import { haveSameRights } from "~/domain/permission";
import { followChanges } from "~/server/follow-changes";
import { demandPermission, router, signedIn } from "../trpc";
import { whileAllowed } from "../while-allowed";

export const liveRouter = router({
  /**
   * What changed of what the caller may see, coalesced; the console asks again for what it shows. Ends with the request, the process or the
   * sign-in, and when the caller may do other things than at its beginning: then everything is to be asked again.
   */
  changes: signedIn
    .meta({ permission: "view" })
    .input(z.object({}))
    .subscription(async function* ({ ctx, signal }) {
      yield* whileAllowed(ctx, {
        still: async ({ actor }) => haveSameRights(demandPermission(actor, "view"), ctx.actor),
        signal,
        stream: (ended) => followChanges(ctx, { signal: ended }),
      });
    }),
});
