import { eq, type SQL, sql } from "drizzle-orm";
import type { Evidence } from "~/domain/tamper";
import { sayIncident } from "~/domain/tamper-words";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { vaultIncidents, vaultStates } from "../db/schema/vault";
import { readSessionRows, type SessionRow } from "./session-row";

/** An incident as lists show it. */
export interface IncidentRow {
  id: string;
  repositoryId: string;
  repositoryName: string;
  clientId: string;
  clientName: string;
  openedAt: Date;
  evidence: Evidence[];
  /** What happened, in one sentence. */
  sentence: string;
  /** The writing sessions since the last clean state, oldest first. */
  sessions: SessionRow[];
  lastCleanAt: Date | null;
  lastCleanArchives: number;
  resolvedAt: Date | null;
  resolution: "rolled-back" | "accepted" | null;
  resolvedByName: string | null;
  reason: string | null;
  outcome: Record<string, unknown> | null;
}

/** Incidents with their names and sessions, newest first, in two statements. */
export async function readIncidentRows(
  ctx: Ctx,
  where: SQL | undefined,
  limit: number,
): Promise<IncidentRow[]> {
  const rows = await ctx.db
    .select({
      id: vaultIncidents.id,
      repositoryId: vaultIncidents.repositoryId,
      repositoryName: repositories.name,
      clientId: vaultIncidents.clientId,
      clientName: clients.name,
      openedAt: vaultIncidents.openedAt,
      evidence: vaultIncidents.evidence,
      sequences: vaultIncidents.sessions,
      lastCleanAt: vaultIncidents.lastCleanAt,
      lastCleanArchives: vaultIncidents.lastCleanArchives,
      resolvedAt: vaultIncidents.resolvedAt,
      resolution: vaultIncidents.resolution,
      resolvedByName: users.name,
      reason: vaultIncidents.reason,
      outcome: vaultIncidents.outcome,
      sealKind: sql<string | null>`${vaultStates.state} ->> 'sealKind'`,
    })
    .from(vaultIncidents)
    .innerJoin(repositories, eq(repositories.id, vaultIncidents.repositoryId))
    .innerJoin(clients, eq(clients.id, vaultIncidents.clientId))
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, vaultIncidents.repositoryId))
    .leftJoin(users, eq(users.id, vaultIncidents.resolvedBy))
    .where(where)
    .orderBy(sql`${vaultIncidents.openedAt} desc`, sql`${vaultIncidents.id} desc`)
    .limit(limit);
  const sequences = [...new Set(rows.flatMap((row) => row.sequences))];
  const sessions = await readSessionRows(ctx, { storageNodeId: MAIN_NODE, sequences });
  const bySequence = new Map(sessions.map((session) => [session.sequence, session]));
  return rows.map(({ sequences: own, sealKind, ...row }) => {
    const its = own.flatMap((sequence) => bySequence.get(sequence) ?? []);
    const [only, another] = its;
    const sentence = sayIncident({
      ...row,
      session: only && !another ? { at: only.startedAt, peerAddress: only.peerAddress } : null,
      segmentsAreSealed: sealKind === "hard-links" || sealKind === "reflinks",
    });
    return { ...row, sessions: its, sentence };
  });
}
