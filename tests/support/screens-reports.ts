import { and, desc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "~/server/context";
import { archiveLedger } from "~/server/db/schema/vault";
import { issuedCertificate } from "./issued-certificate";
import type { SeededPlan } from "./screens-history";

/** Certificates of restore drills that there are to look at. */
export interface SeededReports {
  provedId: string;
  failedId: string;
  ontoClientId: string;
}

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

/** Drills of each plan: a small one, of which one found something wrong, and one that read everything. */
export async function seedReports(ctx: Ctx, plans: readonly SeededPlan[]): Promise<SeededReports> {
  const ids: string[] = [];
  let ontoClientId = "";
  for (const [at, plan] of plans.entries()) {
    const [archive] = await ctx.db
      .select()
      .from(archiveLedger)
      .where(and(eq(archiveLedger.planId, plan.planId), isNull(archiveLedger.removedAt)))
      .orderBy(desc(archiveLedger.observedAt))
      .limit(1);
    if (!archive) continue;
    const of = {
      client: { id: plan.clientId, name: plan.clientName },
      plan: { id: plan.planId, name: plan.name },
      ...{ repository: { id: plan.repositoryId, name: "main" }, archive },
    };
    const ago = (days: number) => new Date(ctx.now.getTime() - days * DAY_MS);
    const whole = { files: 182_340, bytes: 41 * GIB, bytesPerSecond: 96_000_000 };
    // Longer ago than a restore counts as a proof, so that no plan of the fleet stands otherwise for it; what was wrong is well by now.
    const { id } = await issuedCertificate(ctx, of, {
      ...{ endedAt: ago(110 + at), outcome: at === 2 ? "failed" : "proved" },
    });
    await issuedCertificate(ctx, of, {
      ...{ endedAt: ago(100 + at), scope: "everything", restored: whole, milliseconds: 458_000 },
    });
    const other = plans.find(({ clientId }) => clientId !== plan.clientId);
    if (at === 1 && other) {
      const onto = { id: other.clientId, name: other.clientName };
      ontoClientId = (await issuedCertificate(ctx, of, { endedAt: ago(99), onto })).id;
    }
    ids.push(id);
  }
  return { provedId: ids[0] ?? "", failedId: ids[2] ?? "", ontoClientId };
}
