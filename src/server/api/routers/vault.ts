import { z } from "zod";
import { clientId, idText, repositoryId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { requestCompact } from "~/server/maintenance/request-compact";
import { findRepositoryOwner } from "~/server/repositories/find-repository-owner";
import { findIncidentOwner, getIncident } from "~/server/vault/get-incident";
import { getVault } from "~/server/vault/get-vault";
import { listIncidents } from "~/server/vault/list-incidents";
import { listSessions } from "~/server/vault/list-sessions";
import { requestAccept } from "~/server/vault/request-accept";
import { requestAudit } from "~/server/vault/request-audit";
import { requestRelease } from "~/server/vault/request-release";
import { requestRollBack } from "~/server/vault/request-roll-back";
import { requestRules } from "~/server/vault/request-rules";
import { revealPaperKey } from "~/server/vault/reveal-paper-key";
import { revealRecoverySheet } from "~/server/vault/reveal-recovery-sheet";
import { type ApiContext, router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const maintain = signedIn.meta({ permission: "maintenance" });
/** What weakens or settles how a client is guarded is an admin's. */
const manage = signedIn.meta({ permission: "manage-clients" });
const reveal = signedIn.meta({ permission: "reveal-secrets" });
const ofRepository = z.object({ repositoryId });
const ofIncident = z.object({ incidentId: idText });
const typedName = z.string().max(200);
const filter = z.object({
  ...pageInput,
  repositoryId: repositoryId.optional(),
  clientId: clientId.optional(),
  open: z.boolean().optional(),
});
const rules = z.object({
  trashDays: z.number().int().min(0).max(365),
  keepOldSealDays: z.number().int().min(0).max(365),
  floorNewest: z.number().int().min(1).max(10_000),
  floorWeeklyDays: z.number().int().min(0).max(3660),
});

export const vaultRouter = router({
  get: view
    .input(ofRepository)
    .query(async ({ ctx, input }) => getVault(ctx, await mayOf(ctx, "view", input.repositoryId), input)),
  incidents: view.input(filter).query(({ ctx, input }) => listIncidents(ctx, input)),
  incident: view
    .input(z.object({ id: idText }))
    .query(async ({ ctx, input }) => getIncident(ctx, await mayOfIncident(ctx, "view", input.id), input)),
  sessions: view
    .input(ofRepository.extend(pageInput))
    .query(async ({ ctx, input }) => listSessions(ctx, await mayOf(ctx, "view", input.repositoryId), input)),
  audit: maintain
    .input(ofRepository)
    .mutation(async ({ ctx, input }) =>
      requestAudit(ctx, await mayOf(ctx, "maintenance", input.repositoryId), input),
    ),
  compact: maintain
    .input(ofRepository)
    .mutation(async ({ ctx, input }) =>
      requestCompact(ctx, await mayOf(ctx, "maintenance", input.repositoryId), input),
    ),
  rollBack: maintain
    .input(ofIncident.extend({ typedName }))
    .mutation(async ({ ctx, input }) =>
      requestRollBack(ctx, await mayOfIncident(ctx, "maintenance", input.incidentId), input),
    ),
  accept: manage
    .input(ofIncident.extend({ typedName, reason: z.string().max(2000) }))
    .mutation(async ({ ctx, input }) =>
      requestAccept(ctx, await mayOfIncident(ctx, "manage-clients", input.incidentId), input),
    ),
  releaseOldSeals: manage
    .input(ofRepository.extend({ typedName }))
    .mutation(async ({ ctx, input }) =>
      requestRelease(ctx, await mayOf(ctx, "manage-clients", input.repositoryId), input),
    ),
  setRules: manage
    .input(ofRepository.extend(rules.shape))
    .mutation(async ({ ctx, input: { repositoryId: id, ...wanted } }) =>
      requestRules(ctx, await mayOf(ctx, "manage-clients", id), { repositoryId: id, rules: wanted }),
    ),
  /** A mutation, because every look stands in the journal. */
  paperKey: reveal
    .input(ofRepository)
    .mutation(async ({ ctx, input }) =>
      revealPaperKey(ctx, await mayOf(ctx, "reveal-secrets", input.repositoryId), input),
    ),
  /** The same. */
  recoverySheet: reveal
    .input(ofRepository)
    .mutation(async ({ ctx, input }) =>
      revealRecoverySheet(ctx, await mayOf(ctx, "reveal-secrets", input.repositoryId), input),
    ),
});

async function mayOf<A extends Action>(ctx: ApiContext, action: A, id: string) {
  return authorize(ctx, action, await findRepositoryOwner(ctx, { id }));
}

async function mayOfIncident<A extends Action>(ctx: ApiContext, action: A, id: string) {
  return authorize(ctx, action, await findIncidentOwner(ctx, { id }));
}
