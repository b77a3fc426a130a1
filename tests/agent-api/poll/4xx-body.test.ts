import { expect, it } from "vitest";
import { refusalBody } from "~/protocol/v1";
import { agentWorld, pollBody, refusalOf, sendPoll } from "~tests/support/agent-world";

it.each([
  ["400 invalid-json", "{"],
  ["413 body-too-large", JSON.stringify({ ...pollBody(), pad: "x".repeat(9_000_000) })],
  ["422 invalid-input", { ...pollBody(), waitSeconds: 999 }],
  ["422 invalid-input", { ...pollBody(), machine: "a toaster" }],
  ["426 protocol-unsupported", { ...pollBody(), protocol: 2 }],
  ["426 protocol-unsupported", { protocol: 0, anything: "else" }],
])("refuses %s", async (expected, body) => {
  const world = await agentWorld();
  expect(await refusalOf(await sendPoll(body, { key: world.client.apiKey }))).toBe(expected);
});

it("tells an agent of another version which versions are served", async () => {
  const world = await agentWorld();
  const response = await sendPoll({ protocol: 9 }, { key: world.client.apiKey });
  const { error } = refusalBody.parse(await response.json());
  expect(error.supported).toEqual({ oldest: 1, newest: 1 });
});
