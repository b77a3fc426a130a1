import { expect, it } from "vitest";
import { refusalBody } from "~/protocol/v1";
import { openPool, type Pool } from "~/server/db";
import { agentWorld, pollBody, sendPoll } from "~tests/support/agent-world";

it("tells the machine that the database is away and to try again, and nothing of where it is", async () => {
  const world = await agentWorld();
  const shared = globalThis as typeof globalThis & { bbsPool?: Pool };
  shared.bbsPool = openPool("postgres://bbs_app@/bbs?host=/nonexistent-socket-folder");
  const response = await sendPoll(pollBody(), { key: world.client.apiKey });
  expect(response.status).toBe(503);
  const { error } = refusalBody.parse(await response.json());
  expect(error.code).toBe("database-away");
  expect(JSON.stringify(error)).not.toMatch(/socket|ENOENT|postgres/i);
});
