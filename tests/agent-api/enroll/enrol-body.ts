import type { EnrolRequest } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { createEnrolmentToken } from "~/server/clients/create-enrolment-token";
import type { AgentWorld } from "~tests/support/agent-world";
import { TEST_MACHINE, TEST_POLICY, testPublicKey } from "~tests/support/fleet";

/** A new client that waits, and what its machine would send. */
export async function enrolBody(
  world: AgentWorld,
  change: Partial<EnrolRequest> = {},
): Promise<{ body: EnrolRequest; clientId: string }> {
  const { id } = await createClient(world.admin(), { name: "db-01" });
  const may = await authorize(world.admin(), "manage-clients", id);
  const { token } = await createEnrolmentToken(world.admin(), may);
  const sshPublicKey = testPublicKey();
  return {
    clientId: id,
    body: { protocol: 1, token, sshPublicKey, machine: TEST_MACHINE, policy: TEST_POLICY, ...change },
  };
}
