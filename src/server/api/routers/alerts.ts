import { z } from "zod";
import { ALERT_KINDS, ALERT_SEVERITIES, type AlertKind } from "~/domain/alert";
import { clientId, idText } from "~/domain/id";
import { pageInput } from "~/domain/page";
import { acknowledgeAlerts } from "~/server/alerts/acknowledge-alerts";
import { countAlerts, getAlert, listAlerts } from "~/server/alerts/list-alerts";
import { router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const filter = z.object({
  ...pageInput,
  open: z.boolean().optional(),
  acknowledged: z.boolean().optional(),
  severities: z.array(z.enum(ALERT_SEVERITIES)).max(ALERT_SEVERITIES.length).optional(),
  kind: z.enum(Object.keys(ALERT_KINDS) as [AlertKind, ...AlertKind[]]).optional(),
  clientId: clientId.optional(),
  search: z.string().trim().max(100).optional(),
});

export const alertsRouter = router({
  list: view.input(filter).query(({ ctx, input }) => listAlerts(ctx, input)),
  get: view.input(z.object({ id: idText })).query(({ ctx, input }) => getAlert(ctx, input)),
  /** What the badge shows. */
  counts: view.query(({ ctx }) => countAlerts(ctx)),
  /** Those of the ids that the caller may acknowledge; others change nothing. */
  acknowledge: signedIn
    .meta({ permission: "backup" })
    .input(z.object({ ids: z.array(idText).min(1).max(500) }))
    .mutation(({ ctx, input }) => acknowledgeAlerts(ctx, input)),
});
