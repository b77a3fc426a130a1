import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { KeeperOutput } from "~/keeper/contract";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { vaultIncidents } from "../db/schema/vault";
import { type IncidentRow, readIncidentRows } from "./incident-row";

export interface IncidentDetail extends IncidentRow {
  /** What each transaction since the last clean state did; null: it could not be read. */
  review: KeeperOutput<"review-hold"> | null;
  /** The last job that was asked to resolve it, by rolling back or by accepting; null: none was. */
  rollBackJobId: string | null;
}

/** One incident of the client that `may` is about, with what to judge it by. Refuses not-found. */
export async function getIncident(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<IncidentDetail> {
  const its = and(eq(vaultIncidents.id, input.id), eq(vaultIncidents.clientId, may.clientId));
  const [row] = await readIncidentRows(ctx, its, 1);
  const [rest] = await ctx.db.select({ review: vaultIncidents.review }).from(vaultIncidents).where(its);
  if (!row || !rest) throw incidentMissing();
  const [resolving] = await ctx.db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, row.repositoryId),
        inArray(jobs.kind, ["roll-back", "accept-state"]),
        sql`${jobs.payload} ->> 'incidentId' = ${row.id}`,
      ),
    )
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(1);
  return { ...row, review: rest.review, rollBackJobId: resolving?.id ?? null };
}

/** Whose incident it is, to ask for permission with. Refuses not-found. */
export async function findIncidentOwner(ctx: Ctx, input: { id: string }): Promise<Owner> {
  const [found] = await ctx.db
    .select({ clientId: vaultIncidents.clientId })
    .from(vaultIncidents)
    .where(eq(vaultIncidents.id, input.id));
  if (!found) throw incidentMissing();
  return { ...found, missing: incidentMissing };
}

export function incidentMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such incident." });
}
