import { expect, it } from "vitest";
import { refusalBody } from "~/protocol/v1";
import { openPool, type Pool } from "~/server/db";
import { agentWorld, pollBody, sendPoll } from "~tests/support/agent-world";

it("answers an outage of the database with a reference and nothing of what broke", async () => {
  const world = await agentWorld();
  const shared = globalThis as typeof globalThis & { bbsPool?: Pool };
  shared.bbsPool = openPool("postgres://bbs_app@/bbs?host=/nonexistent-socket-folder");
  const response = await sendPoll(pollBody(), { key: world.client.apiKey });
  expect(response.status).toBe(500);
  const { error } = refusalBody.parse(await response.json());
  expect(error.code).toBe("fault");
  expect(error.reference).toMatch(/^[0-9a-f]{10}$/);
  expect(JSON.stringify(error)).not.toMatch(/socket|ENOENT|postgres/i);
});
