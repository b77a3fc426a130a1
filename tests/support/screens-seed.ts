import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { clientId, planId, repositoryId, userId } from "~/domain/id";
import { TOKEN_PRESETS } from "~/domain/token-scopes";
import { authorize } from "~/server/access/authorize";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import { createToken } from "~/server/access/create-token";
import { createClient } from "~/server/clients/create-client";
import { createEnrolmentToken } from "~/server/clients/create-enrolment-token";
import { MAIN_NODE } from "~/server/clients/ensure-storage-node";
import type { Ctx } from "~/server/context";
import type { Pool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { clients } from "~/server/db/schema/clients";
import { plans } from "~/server/db/schema/plans";
import { repositories } from "~/server/db/schema/repositories";
import { storageDays } from "~/server/db/schema/system";
import { passphrasePlace } from "~/server/repositories/passphrase";
import { sealSecret } from "~/server/secrets/seal-secret";
import { recordNodeStatus } from "~/server/system/record-node-status";
import "./app-key";
import { testPublicKey } from "./fleet";
import { personActor } from "./person";
import { seedAlerts } from "./screens-alerts";
import { type SeededCatalog, seedCatalog } from "./screens-catalog";
import { type SeededDatabases, seedDatabases } from "./screens-databases";
import { type History, type SeededPlan, seedHistory } from "./screens-history";
import { seedImports } from "./screens-imports";
import { SCREEN_CLIENTS, SCREEN_POLICY, type ScreenClient } from "./screens-machines";
import { type SeededPeople, seedPeople } from "./screens-people";
import { type SeededProfiles, seedProfiles } from "./screens-profiles";
import { type SeededReports, seedReports } from "./screens-reports";
import { seedSchedules } from "./screens-schedules";
import { seedSelfBackups } from "./screens-self-backups";
import { type SeededSuspicion, seedSuspicion } from "./screens-suspicion";
import { type SeededVault, seedVault } from "./screens-vault";

export const SCREEN_ADMIN = {
  email: "ada@example.org",
  name: "Ada Example",
  password: "a long enough password",
};

/** What pages there are to look at. */
export interface SeededFleet {
  clientIds: Record<string, string>;
  repositoryId: string;
  failedRepositoryId: string;
  planId: string;
  archiveId: string;
  jobs: History["jobs"];
  vault: SeededVault;
  people: SeededPeople;
  profiles: SeededProfiles;
  databases: SeededDatabases;
  catalog: SeededCatalog;
  suspicion: SeededSuspicion;
  reports: SeededReports;
  /** An open one. */
  alertId: string;
}

/** A server that was just set up: one admin, nothing else but a storage node that has reported. */
export async function seedEmpty(pool: Pool): Promise<Ctx> {
  const nobody: Ctx = { db: pool.db, now: new Date(), actor: { kind: "nobody" } };
  const admin = await createFirstAdmin(nobody, SCREEN_ADMIN);
  const ctx: Ctx = {
    ...nobody,
    actor: personActor({ userId: userId.parse(admin.userId), role: "admin" }),
  };
  await recordNodeStatus({ ...ctx, actor: { kind: "worker" } }, { status: nodeStatus() });
  return ctx;
}

/** As if the node had reported a month ago, with less on its disk. */
async function seedGrowth({ db, now }: Ctx): Promise<void> {
  const measuredOn = new Date(now.getTime() - 29 * 86_400_000).toISOString().slice(0, 10);
  const { totalBytes, freeBytes } = nodeStatus();
  const usedBytes = totalBytes - freeBytes - 6e11;
  await db.insert(storageDays).values({ storageNodeId: MAIN_NODE, location: "main", measuredOn, usedBytes });
}

/** Eight clients in all states, their repositories, plans and a month of jobs and archives. */
export async function seedFleet(pool: Pool): Promise<SeededFleet> {
  const ctx = await seedEmpty(pool);
  await seedGrowth(ctx);
  if (ctx.actor.kind === "user") {
    const { userId: owner } = ctx.actor;
    await createToken(ctx, { userId: owner, name: "monitoring", scopes: ["view"], expiresInDays: 90 });
    const { everything } = TOKEN_PRESETS;
    await createToken(ctx, { userId: owner, name: "ansible", scopes: everything, expiresInDays: null });
  }
  const clientIds: Record<string, string> = {};
  const seeded: SeededPlan[] = [];
  for (const given of SCREEN_CLIENTS) {
    const id = await seedClient(ctx, given);
    clientIds[given.name] = id;
    if (given.plans.length === 0) continue;
    const repository = await seedRepository(ctx, id, { name: "main", quotaBytes: given.quotaBytes });
    for (const plan of given.plans) {
      seeded.push({
        clientId: id,
        repositoryId: repository,
        planId: await seedPlan(ctx, id, repository, plan),
        clientName: given.name,
        ...plan,
      });
    }
  }
  const failedRepositoryId = await seedRepository(ctx, clientIds.mail ?? "", {
    name: "archive-2025",
    quotaBytes: null,
    problem: "The disk of the storage node is full (0 B free). Make room, then try again.",
  });
  const history = await seedHistory(ctx, seeded);
  await seedSchedules(ctx, seeded);
  const [first] = seeded;
  if (!first) throw new Error("the fleet has no plan");
  const vault = await seedVault(ctx, seeded);
  const people = await seedPeople(ctx, clientIds);
  // Of another plan than the one whose pages others look at.
  const profiles = await seedProfiles(ctx, seeded.find(({ name }) => name === "Mailboxes") ?? first);
  const databases = await seedDatabases(ctx, seeded.find(({ name }) => name === "Dumps") ?? first);
  const catalog = await seedCatalog(pool, seeded.find(({ name }) => name === "Mailboxes") ?? first);
  const reports = await seedReports(ctx, seeded);
  await seedImports(ctx, clientIds);
  await seedSelfBackups(ctx);
  // Last: it looks at everything else.
  const alertId = await seedAlerts(ctx, first);
  const suspicion = await seedSuspicion(ctx, pool, seeded.find(({ name }) => name === "Home") ?? first);
  return {
    clientIds,
    repositoryId: first.repositoryId,
    failedRepositoryId,
    planId: first.planId,
    ...history,
    ...{ vault, people, alertId, profiles, databases, catalog, reports, suspicion },
  };
}

async function seedClient(ctx: Ctx, given: ScreenClient): Promise<string> {
  const { id } = await createClient(ctx, { name: given.name });
  if (!given.machine) {
    await createEnrolmentToken(ctx, await authorize(ctx, "manage-clients", clientId.parse(id)));
    return id;
  }
  const enrolledAt = new Date(ctx.now.getTime() - 41 * 86_400_000);
  await ctx.db
    .update(clients)
    .set({
      createdAt: enrolledAt,
      enrolledAt,
      provisionedAt: given.preparing || given.provisionProblem ? null : enrolledAt,
      provisionProblem: given.provisionProblem ?? null,
      sshPublicKey: testPublicKey(),
      sshUser: given.preparing || given.provisionProblem ? null : `bbs-${id}`,
      machine: given.machine,
      policy: SCREEN_POLICY,
      lastSeenAt: new Date(ctx.now.getTime() - (given.seenSecondsAgo ?? 0) * 1000),
    })
    .where(eq(clients.id, id));
  return id;
}

async function seedRepository(
  ctx: Ctx,
  owner: string,
  given: { name: string; quotaBytes: number | null; problem?: string },
): Promise<string> {
  const id = newId();
  await ctx.db
    .insert(repositories)
    .values({
      id,
      clientId: owner,
      storageNodeId: "main",
      name: given.name,
      state: given.problem ? "failed" : "ready",
      problem: given.problem ?? null,
      borgId: given.problem ? null : randomBytes(32).toString("hex"),
      passphraseSealed: sealSecret(`passphrase of ${given.name}`, passphrasePlace(id)),
      quotaBytes: given.quotaBytes,
      sizeBytes: given.problem ? null : Math.round((given.quotaBytes ?? 3e11) * 0.42),
      sizedAt: given.problem ? null : new Date(ctx.now.getTime() - 12 * 60_000),
      createdAt: new Date(ctx.now.getTime() - 40 * 86_400_000),
    })
    .onConflictDoNothing();
  return repositoryId.parse(id);
}

async function seedPlan(
  ctx: Ctx,
  owner: string,
  repository: string,
  given: { name: string; sources: string[]; excludes: string[] },
): Promise<string> {
  const id = planId.parse(newId());
  const createdAt = new Date(ctx.now.getTime() - 40 * 86_400_000);
  await ctx.db.insert(plans).values({
    id,
    clientId: owner,
    repositoryId: repository,
    name: given.name,
    sources: given.sources,
    excludes: given.excludes,
    compression: "zstd,6",
    oneFileSystem: true,
    excludeCaches: true,
    createdAt,
    updatedAt: createdAt,
  });
  return id;
}

function nodeStatus() {
  return {
    root: true,
    borgVersion: "1.2.4",
    sshHostKeys: [testPublicKey()],
    protections: [
      {
        name: "separate-accounts",
        on: true,
        say: "Each client has two accounts of its own; no client can read another's files.",
      },
      {
        name: "root-owned-keys",
        on: true,
        say: "Key files belong to root: a client cannot give itself another key.",
      },
      {
        name: "trusted-code",
        on: true,
        say: "Privileged programs start from a tree that only root can change.",
      },
      { name: "quota", on: true, say: "borg refuses to grow a repository beyond its quota." },
      {
        name: "borg-patched",
        on: false,
        say: "borg 1.2.4 lacks the fix of CVE-2023-36811. Install 1.4 from bookworm-backports: apt install -t bookworm-backports borgbackup.",
      },
    ],
    forcedCommand: {
      authorizedKeysLine:
        'restrict,command="/usr/bin/node /var/bbs/runtime/current/dist/gate.mjs CLIENT /var/bbs" ssh-ed25519 THE-CLIENTS-OWN-KEY bbs-CLIENT',
      servedCommand:
        "/usr/bin/borg serve --append-only --umask=0027 --restrict-to-repository /var/bbs/home/CLIENT/repos/REPOSITORY",
    },
    freeBytes: 2.1e12,
    totalBytes: 7.9e12,
  };
}
