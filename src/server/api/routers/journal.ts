import { z } from "zod";
import { clientId, userId } from "~/domain/id";
import { JOURNAL_GROUPS } from "~/domain/journal-group";
import { pageInput } from "~/domain/page";
import { SETTINGS } from "~/domain/settings";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import { getEntry } from "~/server/journal/get-entry";
import { listAuthors } from "~/server/journal/list-authors";
import { listEntries } from "~/server/journal/list-entries";
import { getJournalAnchor, saveJournalAnchor } from "~/server/system/journal-anchor";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const filter = z.object({
  group: z.enum(JOURNAL_GROUPS).optional(),
  person: userId.optional(),
  clientId: clientId.optional(),
  from: z.date().optional(),
  to: z.date().optional(),
  search: z.string().trim().max(200).optional(),
});

export const journalRouter = router({
  list: administer.input(filter.extend(pageInput)).query(({ ctx, input }) => listEntries(ctx, input)),
  get: administer
    .input(z.object({ id: z.number().int().positive() }))
    .query(({ ctx, input }) => getEntry(ctx, input)),
  /** People to filter by. */
  authors: administer.query(({ ctx }) => listAuthors(ctx)),
  /** Where its head is kept elsewhere. */
  anchor: administer.query(({ ctx }) => getJournalAnchor(ctx)),
  saveAnchor: administer.input(SETTINGS["journal-anchor"]).mutation(async ({ ctx, input }) => {
    demandConfirmed(ctx);
    await saveJournalAnchor(ctx, input);
    return {};
  }),
});
