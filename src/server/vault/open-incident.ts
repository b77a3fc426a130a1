import { and, eq, isNull } from "drizzle-orm";
import type { Evidence } from "~/domain/tamper";
import { env } from "~/env";
import type { KeeperOutput } from "~/keeper/contract";
import type { VaultState } from "~/keeper/contract/vault";
import { mailAdmins } from "../access/mail-admins";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { repositories } from "../db/schema/repositories";
import { vaultIncidents } from "../db/schema/vault";
import { appendEntry } from "../journal/append-entry";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import type { RepositoryIds } from "./copy-ledger";
import { noteHold } from "./copy-state";
import { readIncidentRows } from "./incident-row";

/**
 * Opens the incident of a repository that was found not clean, with what the keeper found and its review, journals it and marks the
 * repository as held; or brings the open one up to date. May run twice. `say` is the incident in one sentence.
 */
export async function openIncident(
  ctx: Ctx,
  keeper: Keeper,
  found: RepositoryIds & { state: VaultState; evidence: Evidence[] },
): Promise<{ incidentId: string; say: string }> {
  const ids: RepositoryIds = { clientId: found.clientId, repositoryId: found.repositoryId };
  const facts = { evidence: found.evidence, ...factsOf(found.state) };
  const open = await findOpen(ctx, ids.repositoryId);
  if (!open || open.review === null) {
    const review = await readReview(ctx, keeper, ids);
    return ctx.db.transaction(async (tx) =>
      write({ ...ctx, db: tx }, ids, { ...facts, review }, found.state),
    );
  }
  return ctx.db.transaction(async (tx) =>
    write({ ...ctx, db: tx }, ids, { ...facts, review: open.review }, found.state),
  );
}

type Review = KeeperOutput<"review-hold"> | null;

function factsOf(state: VaultState) {
  const { hold, auditedAt, seals } = state;
  const lastCleanAt = hold ? hold.lastCleanAt : auditedAt;
  return {
    sessions: hold?.sessions ?? [],
    lastCleanAt: lastCleanAt === null ? null : new Date(lastCleanAt),
    lastCleanArchives: hold?.lastCleanArchives ?? seals.at(-1)?.archives ?? 0,
  };
}

async function write(
  ctx: Ctx,
  ids: RepositoryIds,
  facts: ReturnType<typeof factsOf> & { evidence: Evidence[]; review: Review },
  state: VaultState,
): Promise<{ incidentId: string; say: string }> {
  // The repository's row is the lock under which two audits see one another.
  await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(eq(repositories.id, ids.repositoryId))
    .for("no key update");
  const open = await findOpen(ctx, ids.repositoryId);
  const incidentId = open?.id ?? newId();
  if (open) {
    await ctx.db.update(vaultIncidents).set(facts).where(eq(vaultIncidents.id, incidentId));
  } else {
    const openedAt = state.hold ? new Date(state.hold.since) : ctx.now;
    await ctx.db.insert(vaultIncidents).values({ id: incidentId, ...ids, openedAt, ...facts });
  }
  await noteHold(ctx, ids, state);
  await announce(ctx.db, { entity: "repository", id: ids.repositoryId, clientId: ids.clientId });
  const [row] = await readIncidentRows(ctx, eq(vaultIncidents.id, incidentId), 1);
  const say = row?.sentence ?? "The repository was tampered with.";
  if (!open) {
    await appendEntry(ctx, {
      action: "vault.hold",
      say: `${row?.clientName}/${row?.repositoryName} is quarantined: ${say}`,
      ...ids,
      detail: { incidentId, evidence: facts.evidence, sessions: facts.sessions },
    });
    await mailAdmins(ctx, {
      subject: `Tampering: ${row?.clientName}/${row?.repositoryName} is quarantined`,
      text: [
        `${row?.clientName}/${row?.repositoryName}: ${say}`,
        "The client is shut out; nothing is pruned, compacted or restored over until somebody has decided.",
        `Review it and roll back: ${env().appUrl}/incidents/${incidentId}`,
      ].join("\n\n"),
    });
  }
  return { incidentId, say };
}

async function findOpen(ctx: Ctx, repositoryId: string) {
  const [open] = await ctx.db
    .select({ id: vaultIncidents.id, review: vaultIncidents.review })
    .from(vaultIncidents)
    .where(and(eq(vaultIncidents.repositoryId, repositoryId), isNull(vaultIncidents.resolvedAt)));
  return open ?? null;
}

/** Null: it cannot be read. A hold must stand whatever is the matter with the review. */
async function readReview(ctx: Ctx, keeper: Keeper, ids: RepositoryIds): Promise<Review> {
  try {
    const passphrase = await openPassphrase(ctx, ids.repositoryId);
    return await keeper.call("review-hold", { ...ids, passphrase });
  } catch (problem) {
    if (problem instanceof KeeperProblem && !problem.passes && problem.code !== "cancelled") return null;
    throw problem;
  }
}
