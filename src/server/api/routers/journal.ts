import { z } from "zod";
import { clientId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import { listEntries } from "~/server/journal/list-entries";
import { router, signedIn } from "../trpc";

export const journalRouter = router({
  list: signedIn
    .meta({ permission: "administer" })
    .input(z.object({ ...pageInput, clientId: clientId.optional() }))
    .query(({ ctx, input }) => listEntries(ctx, input)),
});
