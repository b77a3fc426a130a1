import { randomBytes } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import type { Evidence } from "~/domain/tamper";
import type { KeeperOutput } from "~/keeper/contract";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { archiveLedger, gateSessions, vaultIncidents } from "~/server/db/schema/vault";
import type { SeededPlan } from "./screens-history";
import { nameIncident, ROLLED_BACK } from "./screens-vault-jobs";
import { seedState, stateOf } from "./screens-vault-state";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Somebody has the laptop's key: archives vanished in a session from an address nobody knows. */
export async function seedHeld(ctx: Ctx, laptop: SeededPlan): Promise<string> {
  const archives = await ctx.db
    .select({ borgId: archiveLedger.borgId, name: archiveLedger.name, observedAt: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(eq(archiveLedger.repositoryId, laptop.repositoryId))
    .orderBy(desc(archiveLedger.observedAt));
  const clean = await stateOf(ctx, laptop);
  const since = new Date(ctx.now.getTime() - 2 * HOUR_MS);
  const transaction = clean.auditedTransaction ?? 0;
  const sequences = await seedHostileSessions(ctx, laptop, transaction, since);
  const gone = archives.slice(0, 3).map(({ borgId, name }) => ({ borgId, name }));
  const [, bad] = sequences;
  const evidence: Evidence[] = [
    { kind: "archives-missing", count: gone.length, archives: gone },
    { kind: "objects-deleted", count: 1_204, segment: transaction + 4, session: bad ?? null },
  ];
  const lastCleanAt = clean.auditedAt ?? since.toISOString();
  await seedState(ctx, laptop, {
    ...clean,
    unaudited: 2,
    hold: {
      since: since.toISOString(),
      evidence,
      sessions: sequences,
      lastCleanAt,
      lastCleanTransaction: transaction,
      lastCleanArchives: archives.length,
    },
    compactionBlockedBy: ["The repository is held: review the incident first."],
  });
  const id = newId();
  await ctx.db.insert(vaultIncidents).values({
    id,
    repositoryId: laptop.repositoryId,
    clientId: laptop.clientId,
    openedAt: since,
    evidence,
    sessions: sequences,
    lastCleanAt: new Date(lastCleanAt),
    lastCleanArchives: archives.length,
    review: reviewOf(archives, { transaction, sequences, since }),
  });
  return id;
}

async function seedHostileSessions(ctx: Ctx, laptop: SeededPlan, from: number, since: Date) {
  const [last] = await ctx.db
    .select({ sequence: gateSessions.sequence })
    .from(gateSessions)
    .orderBy(desc(gateSessions.sequence))
    .limit(1);
  const first = (last?.sequence ?? 0) + 1;
  const rows = [0, 1].map((index) => {
    const startedAt = new Date(since.getTime() - (index === 0 ? 40 : 6) * 60_000);
    return {
      id: `${first + index}@main`,
      storageNodeId: "main",
      sequence: first + index,
      clientId: laptop.clientId,
      peerAddress: index === 0 ? "198.51.100.24" : "203.0.113.77",
      startedAt,
      endedAt: new Date(startedAt.getTime() + (index === 0 ? 840_000 : 31_000)),
      bytesIn: index === 0 ? 734_003_200 : 48_211,
      bytesOut: 1_482_113,
      exitCode: 0,
      refused: null,
      repositoryId: laptop.repositoryId,
      writing: true,
      transactionBefore: from + index * 2,
      transactionAfter: from + index * 2 + 2,
      callsRefused: index === 0 ? 0 : 214,
      refusedCalls: index === 0 ? [] : REFUSED_CALLS,
    };
  });
  await ctx.db.insert(gateSessions).values(rows);
  return rows.map((row) => row.sequence);
}

const REFUSED_CALLS = [
  { call: "destroy", say: "A client may not destroy a repository." },
  { call: "delete", say: "This object was stored before this session; a client may not delete it." },
  { call: "save_key", say: "A client may not change the key of its repository." },
];

function reviewOf(
  archives: readonly { borgId: string; name: string; observedAt: Date }[],
  given: { transaction: number; sequences: number[]; since: Date },
): KeeperOutput<"review-hold"> {
  const at = (minutes: number) => new Date(given.since.getTime() - minutes * 60_000).toISOString();
  const [good, bad] = given.sequences;
  return {
    transactions: [
      {
        transaction: given.transaction + 2,
        session: good ?? null,
        committedAt: at(26),
        objectsAdded: 3_811,
        objectsRemoved: 0,
        bytesAdded: 733_120_000,
      },
      {
        transaction: given.transaction + 4,
        session: bad ?? null,
        committedAt: at(5),
        objectsAdded: 1,
        objectsRemoved: 1_204,
        bytesAdded: 1_204,
      },
    ],
    archivesThen: archives.map(({ observedAt, ...one }) => ({
      ...one,
      observedAt: observedAt.toISOString(),
    })),
    archivesNow: [
      {
        borgId: randomBytes(32).toString("hex"),
        name: `home-${given.since.toISOString().slice(0, 10)}T0131`,
      },
      ...archives.slice(3).map(({ borgId, name }) => ({ borgId, name })),
    ],
    truncated: false,
  };
}

/** One that was rolled back, one that was accepted. */
export async function seedDecided(
  ctx: Ctx,
  of: { web: SeededPlan; db: SeededPlan },
  jobs: { rollBackJobId: string; acceptJobId: string },
) {
  const person = ctx.actor.kind === "user" ? ctx.actor.userId : null;
  const rolledBackIncidentId = newId();
  const acceptedIncidentId = newId();
  const openedAt = new Date(ctx.now.getTime() - 16 * DAY_MS);
  await ctx.db.insert(vaultIncidents).values([
    {
      id: rolledBackIncidentId,
      repositoryId: of.web.repositoryId,
      clientId: of.web.clientId,
      openedAt,
      evidence: [
        { kind: "config-changed", key: true },
        { kind: "segments-changed", count: 2, first: 118 },
      ],
      sessions: [],
      lastCleanAt: new Date(openedAt.getTime() - HOUR_MS),
      lastCleanArchives: 28,
      resolvedAt: new Date(openedAt.getTime() + 22 * 60_000),
      resolution: "rolled-back",
      resolvedBy: person,
      outcome: ROLLED_BACK,
    },
    {
      id: acceptedIncidentId,
      repositoryId: of.db.repositoryId,
      clientId: of.db.clientId,
      openedAt: new Date(ctx.now.getTime() - 30 * DAY_MS),
      evidence: [{ kind: "commit-unledgered", count: 1, first: 12 }],
      sessions: [],
      lastCleanAt: new Date(ctx.now.getTime() - 31 * DAY_MS),
      lastCleanArchives: 9,
      resolvedAt: new Date(ctx.now.getTime() - 29.8 * DAY_MS),
      resolution: "accepted",
      resolvedBy: person,
      reason: "I moved the repository to the new disk with borg delete by hand on Tuesday; ticket 4711.",
      outcome: { transaction: 15, archivesGivenUp: 2 },
    },
  ]);
  await nameIncident(ctx, jobs.rollBackJobId, rolledBackIncidentId);
  await nameIncident(ctx, jobs.acceptJobId, acceptedIncidentId);
  return { rolledBackIncidentId, acceptedIncidentId };
}
