import { eq } from "drizzle-orm";
import { archiveId } from "~/domain/id";
import { jobPayloads } from "~/domain/job-payload";
import { newId } from "~/server/db/new-id";
import { invitations, passkeys, signIns, users } from "~/server/db/schema/access";
import { jobs } from "~/server/db/schema/jobs";
import { archiveLedger, vaultIncidents } from "~/server/db/schema/vault";
import { insertToken } from "./acting-people";
import { type AgentWorld, agentWorld } from "./agent-world";
import { ledgerArchive } from "./archive-world";
import { enrolledClient, plan, readyRepository } from "./fleet";
import { issuedCertificate } from "./issued-certificate";

/** The ids of everything that one machine has. */
export interface Machine {
  clientId: string;
  name: string;
  repositoryId: string;
  planId: string;
  archiveId: string;
  trashedArchiveId: string;
  incidentId: string;
  failedJobId: string;
  cutRestoreId: string;
  queuedJobId: string;
  lookJobId: string;
  certificateId: string;
}

export interface SmallFleet {
  world: AgentWorld;
  web: Machine;
  db: Machine;
  /** Somebody who asks for nothing and has one of everything that a person can have. */
  bystander: { userId: string; email: string; signInId: string; tokenId: string; passkeyId: string };
  invitationId: string;
}

/** Two machines, each with a repository, a plan, archives, jobs and an open incident, and a person beside them. */
export async function smallFleet(): Promise<SmallFleet> {
  const world = await agentWorld();
  const { database, admin } = world;
  const other = await enrolledClient(admin(), "db-01");
  const { id: repositoryId } = await readyRepository(admin(), other.id, "vault");
  const { id: planId } = await plan(admin(), other.id, repositoryId, "Databases");
  const web = await filled(world, {
    ...{ clientId: world.client.id, name: "web-01", repositoryId: world.repositoryId, planId: world.planId },
  });
  const db = await filled(world, { clientId: other.id, name: "db-01", repositoryId, planId });
  const bystander = await insertBystander(world);
  const invitationId = newId();
  await database.pool.db.insert(invitations).values({
    ...{ id: invitationId, email: "new@example.test", name: "New", role: "user", grants: [] },
    ...{ tokenHash: newId(), createdAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) },
  });
  return { world, web, db, bystander, invitationId };
}

async function filled(
  world: AgentWorld,
  ids: Pick<Machine, "clientId" | "name" | "repositoryId" | "planId">,
): Promise<Machine> {
  const { db } = world.database.pool;
  const { clientId, repositoryId, planId } = ids;
  const archive = async (change: { trashedAt: Date | null }) => {
    const made = await ledgerArchive({ ...world, repositoryId, planId }, { name: `${ids.name} ${newId()}` });
    await db.update(archiveLedger).set(change).where(eq(archiveLedger.id, made.id));
    return made;
  };
  const living = await archive({ trashedAt: null });
  const trashed = await archive({ trashedAt: new Date() });
  const job = async (change: Partial<typeof jobs.$inferInsert>) => {
    const id = newId();
    await db.insert(jobs).values({
      ...{
        id,
        runId: id,
        kind: "backup",
        executor: "agent",
        lane: "backup",
        state: "queued",
        createdAt: new Date(),
      },
      ...{ clientId, repositoryId, planId },
      payload: jobPayloads.backup.parse({
        ...{ planId, archiveName: `made-by-${id}`, sources: ["/etc"], excludes: [], compression: "lz4" },
        ...{ oneFileSystem: false, excludeCaches: false },
      }),
      ...change,
    });
    return id;
  };
  const ended = { startedAt: new Date(), endedAt: new Date() };
  const failedJobId = await job({ state: "failed", ...ended, problem: { code: "x", say: "It failed." } });
  const cutRestoreId = await job({
    ...{ kind: "restore", lane: "restore", planId: null, state: "failed", lease: 1, ...ended },
    payload: jobPayloads.restore.parse({
      ...{ archiveId: living.id, archiveName: living.name, borgId: living.borgId, paths: [] },
      target: { kind: "restore-folder" },
    }),
    problem: { code: "connection-lost", say: "It was cut off." },
  });
  const queuedJobId = await job({});
  const lookJobId = await job({
    ...{ kind: "dry-run", lane: "look", repositoryId: null, state: "succeeded", ...ended },
    payload: {
      ...{ sources: ["/etc"], excludes: [], oneFileSystem: false, excludeCaches: false },
      ...{ excludeIfPresent: [], keepExcludeTags: false },
    },
  });
  // So that looking into the archive needs no worker.
  await job({
    ...{
      kind: "list-folder",
      executor: "worker",
      lane: "storage",
      state: "succeeded",
      planId: null,
      ...ended,
    },
    payload: { archiveId: archiveId.parse(living.id), archiveName: living.name, path: "" },
    result: { kind: "list-folder", entries: [], truncated: false },
  });
  const incidentId = newId();
  await db.insert(vaultIncidents).values({
    ...{ id: incidentId, repositoryId, clientId, openedAt: new Date(), evidence: [], sessions: [] },
    ...{ lastCleanAt: new Date(), lastCleanArchives: 3 },
  });
  const certificate = await issuedCertificate(world.admin(), {
    ...{ client: { id: clientId, name: ids.name }, plan: { id: planId, name: "plan" } },
    ...{ repository: { id: repositoryId, name: "main" }, archive: living },
  });
  return {
    ...ids,
    certificateId: certificate.id,
    ...{
      archiveId: living.id,
      trashedArchiveId: trashed.id,
      incidentId,
      failedJobId,
      cutRestoreId,
      queuedJobId,
      lookJobId,
    },
  };
}

async function insertBystander(world: AgentWorld): Promise<SmallFleet["bystander"]> {
  const { db } = world.database.pool;
  const [userId, signInId, passkeyId] = [newId(), newId(), newId()];
  const email = "bystander@example.test";
  const now = new Date();
  await db.insert(users).values({ id: userId, email, name: "Bystander", role: "user", createdAt: now });
  await db.insert(signIns).values({
    ...{ id: signInId, userId, createdAt: now, lastSeenAt: now },
    expiresAt: new Date(now.getTime() + 3_600_000),
  });
  await db.insert(passkeys).values({
    ...{ id: passkeyId, userId, credentialId: newId(), publicKey: "x", counter: 0, transports: [] },
    ...{ backedUp: false, name: "A key", createdAt: now },
  });
  const { tokenId } = await insertToken(world.database, { userId, scopes: ["view"] });
  return { userId, email, signInId, tokenId, passkeyId };
}
