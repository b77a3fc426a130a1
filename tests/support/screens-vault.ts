import { asc, desc, eq, inArray } from "drizzle-orm";
import type { Ctx } from "~/server/context";
import { jobs } from "~/server/db/schema/jobs";
import { plans as planTable } from "~/server/db/schema/plans";
import { archiveLedger } from "~/server/db/schema/vault";
import { appendEntry } from "~/server/journal/append-entry";
import { folderRow, type SeededPlan } from "./screens-history";
import { seedDecided, seedHeld } from "./screens-incidents";
import { seedVaultJobs } from "./screens-vault-jobs";
import { seedState, stateOf } from "./screens-vault-state";

/** What there is to look at in the vault. */
export interface SeededVault {
  heldRepositoryId: string;
  partlySealedRepositoryId: string;
  heldIncidentId: string;
  rolledBackIncidentId: string;
  acceptedIncidentId: string;
  trashedArchiveId: string;
  protectedArchiveId: string;
  rollBackJobId: string;
  compactJobId: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** One beyond its seven days, one soon, one just now. */
const TRASHED_HOURS_AGO = [216, 132, 4];
const KEEP = { last: 3, withinHours: 48, hourly: 0, daily: 14, weekly: 8, monthly: 12, yearly: 0 };

/** A clean vault with trash, protections and an old seal; one with a partial seal; a held one; two incidents that were decided. */
export async function seedVault(ctx: Ctx, plans: readonly SeededPlan[]): Promise<SeededVault> {
  const of = (clientName: string) => {
    const plan = plans.find((one) => one.clientName === clientName);
    if (!plan) throw new Error(`${clientName} has no plan`);
    return plan;
  };
  const [web, db, mail, laptop] = [of("web-01"), of("db-01"), of("mail"), of("laptop-ada")];
  const marks = await seedMarks(ctx, web);
  await seedStates(ctx, { web, db, mail });
  const heldIncidentId = await seedHeld(ctx, laptop);
  const { rollBackJobId, compactJobId, acceptJobId } = await seedVaultJobs(ctx, { web, db });
  await seedJournal(ctx, { web, laptop });
  await ctx.db.update(planTable).set({ keep: KEEP }).where(eq(planTable.id, web.planId));
  return {
    heldRepositoryId: laptop.repositoryId,
    partlySealedRepositoryId: db.repositoryId,
    heldIncidentId,
    ...(await seedDecided(ctx, { web, db }, { rollBackJobId, acceptJobId })),
    ...marks,
    rollBackJobId,
    compactJobId,
  };
}

const named = {
  id: archiveLedger.id,
  name: archiveLedger.name,
  claimedStartAt: archiveLedger.claimedStartAt,
};

/** The three oldest archives in the trash, two protected. */
async function seedMarks(ctx: Ctx, web: SeededPlan) {
  const oldest = await ctx.db
    .select(named)
    .from(archiveLedger)
    .where(eq(archiveLedger.planId, web.planId))
    .orderBy(asc(archiveLedger.observedAt))
    .limit(3);
  const newest = await ctx.db
    .select(named)
    .from(archiveLedger)
    .where(eq(archiveLedger.planId, web.planId))
    .orderBy(desc(archiveLedger.observedAt))
    .limit(4);
  for (const [index, { id }] of oldest.entries()) {
    const trashedAt = new Date(ctx.now.getTime() - (TRASHED_HOURS_AGO[index] ?? 4) * HOUR_MS);
    await ctx.db.update(archiveLedger).set({ trashedAt }).where(eq(archiveLedger.id, id));
  }
  const safe = newest.slice(2).map((row) => row.id);
  await ctx.db.update(archiveLedger).set({ isProtected: true }).where(inArray(archiveLedger.id, safe));
  const [trashed, kept] = [oldest[1], newest[2]];
  if (!trashed || !kept) throw new Error("there are too few archives");
  await ctx.db.insert(jobs).values([trashed, kept].map((archive) => folderRow(web, archive, ctx.now)));
  return { trashedArchiveId: trashed.id, protectedArchiveId: kept.id };
}

async function seedStates(ctx: Ctx, of: { web: SeededPlan; db: SeededPlan; mail: SeededPlan }) {
  const web = await stateOf(ctx, of.web);
  const [seal] = web.seals;
  await seedState(ctx, of.web, {
    ...web,
    trashed: 3,
    seals: seal
      ? [
          {
            ...seal,
            transaction: seal.transaction - 30,
            sealedAt: new Date(ctx.now.getTime() - 2 * DAY_MS).toISOString(),
            archives: seal.archives + 2,
            extraBytes: 12.4 * 1024 ** 3,
            releasedAfter: new Date(ctx.now.getTime() + 5 * DAY_MS).toISOString(),
          },
          seal,
        ]
      : [],
    rulesPending: { from: new Date(ctx.now.getTime() + 6 * DAY_MS).toISOString() },
  });
  await seedState(ctx, of.db, { ...(await stateOf(ctx, of.db)), sealKind: "small-files-only" });
  await seedState(ctx, of.mail, {
    ...(await stateOf(ctx, of.mail)),
    unaudited: 1,
    compactionBlockedBy: [
      "A session wrote since the last audit: audit the repository first.",
      "A backup is writing now.",
    ],
  });
}

async function seedJournal(ctx: Ctx, of: { web: SeededPlan; laptop: SeededPlan }): Promise<void> {
  const ago = (hours: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() - hours * HOUR_MS) });
  const worker = (at: Ctx): Ctx => ({ ...at, actor: { kind: "worker" } });
  const web = { clientId: of.web.clientId, repositoryId: of.web.repositoryId };
  const laptop = { clientId: of.laptop.clientId, repositoryId: of.laptop.repositoryId };
  await appendEntry(worker(ago(384)), {
    ...web,
    action: "vault.hold",
    say: "web-01/main is held: its key was replaced and 2 sealed segments were changed.",
  });
  await appendEntry(ago(383.8), { ...web, action: "vault.roll-back.asked", say: "web-01/main: roll back." });
  await appendEntry(worker(ago(383.7)), {
    ...web,
    action: "vault.roll-back",
    say: "web-01/main was rolled back: 28 archives are there, after 2.8 s.",
  });
  await appendEntry(ago(90), {
    ...web,
    action: "plan.keep",
    say: "System of web-01 keeps the newest 3, everything of 48 hours, 14 daily, 8 weekly and 12 monthly.",
  });
  await appendEntry(ago(30), {
    ...web,
    action: "vault.paper-key",
    say: "The paper key of web-01/main was shown.",
  });
  await appendEntry(worker(ago(2)), {
    ...laptop,
    action: "vault.hold",
    say: "laptop-ada/main is held: 3 archives vanished in a session from 203.0.113.77.",
  });
}
