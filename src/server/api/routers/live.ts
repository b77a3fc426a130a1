import { z } from "zod";
import { followChanges } from "~/server/follow-changes";
import { router, signedIn } from "../trpc";

export const liveRouter = router({
  /** What changed, coalesced; the console asks again for what it shows. Ends with the request or the process. */
  changes: signedIn
    .meta({ permission: "view" })
    .input(z.object({}))
    .subscription(async function* ({ signal }) {
      yield* followChanges({ signal });
    }),
});
