import { expect, it } from "vitest";
import { agentWorld, pollBody, refusalOf, sendPoll } from "~tests/support/agent-world";

it("refuses a machine without a key, with an unknown one and with one that was revoked", async () => {
  const world = await agentWorld();
  expect(await refusalOf(await sendPoll(pollBody()))).toBe("401 agent-key-invalid");
  expect(await refusalOf(await sendPoll(pollBody(), { key: "bbsa_unknown" }))).toBe("401 agent-key-invalid");
  await world.database.pool.sql`update agent_keys set revoked_at = now()`;
  expect(await refusalOf(await sendPoll(pollBody(), { key: world.client.apiKey }))).toBe(
    "401 agent-key-invalid",
  );
});
