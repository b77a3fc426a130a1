import { expect, inject, it } from "vitest";
import { refusalBody } from "~/protocol/v1";
import { openPool, type Pool } from "~/server/db";
import { agentWorld, pollBody, sendPoll } from "~tests/support/agent-world";

const shared = globalThis as typeof globalThis & { bbsPool?: Pool };

it("answers what breaks with a reference and nothing of what broke", async () => {
  const world = await agentWorld();
  // A database that has none of our tables.
  shared.bbsPool = openPool(inject("databaseAdminUrl"));
  const response = await sendPoll(pollBody(), { key: world.client.apiKey });
  await shared.bbsPool.end();
  expect(response.status).toBe(500);
  const { error } = refusalBody.parse(await response.json());
  expect(error.code).toBe("fault");
  expect(error.reference).toMatch(/^[0-9a-f]{10}$/);
  expect(JSON.stringify(error)).not.toMatch(/relation|select|postgres/i);
});
