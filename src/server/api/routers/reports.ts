import { z } from "zod";
import { DRILL_OUTCOMES, DRILL_SCOPES } from "~/domain/drill";
import { archiveId, clientId, idText, planId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import { authorize } from "~/server/access/authorize";
import { findArchiveOwner } from "~/server/archives/get-archive";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { findCertificateOwner, getCertificate } from "~/server/reports/get-certificate";
import { listCertificates } from "~/server/reports/list-certificates";
import { restoreTime } from "~/server/reports/restore-time";
import { ensureCertificateKey } from "~/server/reports/signing-key";
import { requestDrill, requestPlanDrill } from "~/server/restores/drills/request-drill";
import { router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const maintain = signedIn.meta({ permission: "maintenance" });

export const reportsRouter = router({
  /** Certificates of restore drills. */
  certificates: view
    .input(
      z.object({
        clientId: z.string().optional(),
        planId: z.string().optional(),
        archiveId: z.string().optional(),
        outcome: z.enum(DRILL_OUTCOMES).optional(),
        ...pageInput,
      }),
    )
    .query(({ ctx, input }) => listCertificates(ctx, input)),
  certificate: view
    .input(z.object({ id: idText }))
    .query(async ({ ctx, input }) =>
      getCertificate(ctx, await authorize(ctx, "view", await findCertificateOwner(ctx, input)), input),
    ),
  /** The public half of the key that signs them. */
  key: view.query(({ ctx }) => ensureCertificateKey(ctx)),
  /** How long bringing a machine back takes, as measured. */
  restoreTime: view
    .input(z.object({ clientId }))
    .query(async ({ ctx, input }) => restoreTime(ctx, await authorize(ctx, "view", input.clientId))),
  drill: maintain
    .input(
      z.object({
        archiveId,
        scope: z.enum(DRILL_SCOPES),
        /** Drawn by seed, with `random`. */
        files: z.number().int().min(1).max(100).optional(),
        /** The client that brings them back, for whoever may restore there and from here. Absent: the storage node. */
        onto: clientId.optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const owner = await findArchiveOwner(ctx, input);
      return requestDrill(ctx, await authorize(ctx, "maintenance", owner), input);
    }),
  /** The newest archive of a plan in each of its repositories, as its policy says. */
  drillPlan: maintain.input(z.object({ planId })).mutation(async ({ ctx, input }) => {
    const owner = await findPlanOwner(ctx, { id: input.planId });
    return requestPlanDrill(ctx, await authorize(ctx, "maintenance", owner), input);
  }),
});
