import { expect, it } from "vitest";
import { agentWorld, pollOk } from "~tests/support/agent-world";

it("answers an idle machine that does not want to wait at once, and notes that it spoke", async () => {
  const world = await agentWorld();
  const answer = await pollOk(world);
  expect(answer).toMatchObject({ jobs: [], cancel: [], reason: "time" });
  const [seen] = await world.database.pool
    .sql`select last_seen_at from clients where id = ${world.client.id}`;
  expect(Date.now() - new Date(seen?.last_seen_at).getTime()).toBeLessThan(5000);
});

it("holds a poll for as long as it asks and not longer", async () => {
  const world = await agentWorld();
  const began = performance.now();
  const answer = await pollOk(world, { waitSeconds: 1 });
  const tookMs = performance.now() - began;
  expect(answer.reason).toBe("time");
  expect(tookMs).toBeGreaterThan(950);
  expect(tookMs).toBeLessThan(2500);
});
