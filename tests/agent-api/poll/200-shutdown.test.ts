import { expect, it } from "vitest";
import { agentWorld, pollBody, pollOk, sendPoll } from "~tests/support/agent-world";

const hooks = globalThis as typeof globalThis & { bbsOnShutdown?: Set<() => void> };

it("lets a held poll go when the server stops, so that the server is not kept", async () => {
  const world = await agentWorld();
  const answer = pollOk(world, { waitSeconds: 50 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const stop of hooks.bbsOnShutdown ?? []) stop();
  expect(await answer).toMatchObject({ reason: "shutdown", jobs: [] });
  expect(hooks.bbsOnShutdown?.size).toBe(0);
});

it("lets a held poll go when the machine hangs up, and gives it nothing", async () => {
  const world = await agentWorld();
  const gone = new AbortController();
  const answer = sendPoll(pollBody({ waitSeconds: 50 }), { key: world.client.apiKey, signal: gone.signal });
  await new Promise((resolve) => setTimeout(resolve, 300));
  gone.abort();
  expect((await answer).status).toBe(200);
  expect(hooks.bbsOnShutdown?.size).toBe(0);
  const jobId = await world.startBackup();
  expect(await world.job(jobId)).toMatchObject({ state: "queued" });
});
