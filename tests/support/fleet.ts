import { randomBytes } from "node:crypto";
import type { AgentPolicy, Machine } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { createEnrolmentToken } from "~/server/clients/create-enrolment-token";
import { markProvisioned } from "~/server/clients/mark-provisioned";
import type { Ctx } from "~/server/context";
import { admitMachine } from "~/server/maintenance/admit-machine";
import { createPlan } from "~/server/plans/save-plan";
import { createRepository } from "~/server/repositories/create-repository";
import { markReady } from "~/server/repositories/mark-repository";
import { recordNodeStatus } from "~/server/system/record-node-status";

export const TEST_MACHINE: Machine = {
  hostname: "web-01.example.test",
  os: "Debian GNU/Linux 12 (bookworm)",
  platform: "linux",
  arch: "x64",
  agentVersion: "0.1.0",
  borgVersion: "1.2.4",
  clockAheadMs: 3,
};

export const TEST_POLICY: AgentPolicy = {
  readPaths: ["/"],
  restoreFolder: "/var/lib/bbs-agent/restores",
  restorePaths: [],
  restoreToOriginal: false,
};

/** An ed25519 public key line of the right form; nobody has its private half. */
export function testPublicKey(): string {
  const header = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from("ssh-ed25519"),
    Buffer.from([0, 0, 0, 32]),
  ]);
  return `ssh-ed25519 ${Buffer.concat([header, randomBytes(32)]).toString("base64")}`;
}

/** The storage node has reported: host keys are known, so machines may enrol. */
export async function reportNode(ctx: Ctx, given: { root?: boolean } = {}): Promise<void> {
  await recordNodeStatus(ctx, {
    status: {
      root: given.root ?? true,
      borgVersion: "1.2.4",
      sshHostKeys: [testPublicKey()],
      protections: [],
      freeBytes: 5_000_000_000,
      totalBytes: 9_000_000_000,
    },
  });
}

/** A client whose machine has enrolled and whose account is there. Call {@link reportNode} first. */
export async function enrolledClient(
  ctx: Ctx,
  name: string,
  machine: Partial<Machine> = {},
): Promise<{ id: string; apiKey: string }> {
  const { id } = await createClient(ctx, { name });
  const { token } = await createEnrolmentToken(ctx, await authorize(ctx, "manage-clients", id));
  const { apiKey } = await admitMachine(ctx, {
    token,
    sshPublicKey: testPublicKey(),
    machine: { ...TEST_MACHINE, ...machine },
    policy: TEST_POLICY,
  });
  await markProvisioned(ctx, { clientId: id, sshUser: `bbs-${id}` });
  return { id, apiKey };
}

/** A repository that the keeper has made, as far as the database knows. */
export async function readyRepository(ctx: Ctx, clientId: string, name = "main"): Promise<{ id: string }> {
  const may = await authorize(ctx, "manage-repositories", clientId);
  const { id } = await createRepository(ctx, may, { name, quotaBytes: null });
  await markReady(ctx, { repositoryId: id, borgId: randomBytes(32).toString("hex") });
  return { id };
}

/** A plan that reads /etc. */
export async function plan(
  ctx: Ctx,
  clientId: string,
  repositoryId: string,
  name = "System",
): Promise<{ id: string }> {
  return createPlan(ctx, await authorize(ctx, "manage-plans", clientId), {
    repositoryId,
    name,
    sources: ["/etc"],
    excludes: ["*.tmp"],
    compression: "zstd,3",
    oneFileSystem: false,
    excludeCaches: true,
    keep: null,
  });
}
