import { expect, it } from "vitest";
import {
  agentWorld,
  pollBody,
  refusalOf,
  reportBody,
  sendEnrol,
  sendPoll,
  sendReport,
} from "~tests/support/agent-world";
import { enrolBody } from "../enroll/enrol-body";

const nobodys = `bbsa_${"x".repeat(43)}`;

it("wrong keys are refused after twenty from one address, on every endpoint, while good ones from there pass", async () => {
  const world = await agentWorld();
  const key = world.client.apiKey;
  for (let i = 0; i < 10; i++) expect((await sendPoll(pollBody(), { key: nobodys })).status).toBe(401);
  for (let i = 0; i < 9; i++)
    expect((await sendReport("j", reportBody(), { key: nobodys })).status).toBe(401);
  expect((await sendPoll(pollBody())).status).toBe(401);
  const refused = await sendPoll(pollBody(), { key: nobodys });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(200);
  expect(await refusalOf(refused)).toBe("429 rate-limited");
  expect(await refusalOf(await sendReport("j", reportBody(), { key: nobodys }))).toBe("429 rate-limited");
  expect((await sendPoll(pollBody(), { key })).status).toBe(200);
  expect((await sendPoll(pollBody(), { key: nobodys, peer: "192.0.2.8" })).status).toBe(401);
});

it("wrong keys from all over one IPv6 network count as from one address", async () => {
  await agentWorld();
  for (let i = 0; i < 20; i++)
    await sendPoll(pollBody(), { key: nobodys, peer: `2001:db8::${i.toString(16)}` });
  const peer = "2001:0DB8:0:0:ffff::1";
  expect(await refusalOf(await sendPoll(pollBody(), { key: nobodys, peer }))).toBe("429 rate-limited");
  const outside = { key: nobodys, peer: "2001:db8:0:1::1" };
  expect(await refusalOf(await sendPoll(pollBody(), outside))).toBe("401 agent-key-invalid");
});

it("a good key that asks without end is refused for the rest of the minute, and no other machine is", async () => {
  const world = await agentWorld();
  await world.database.pool.sql`
    insert into rate_limits (key, window_ends_at, used)
    values (${`agent:agent ${world.client.id}`}, now() + interval '60 seconds', 1200)`;
  const refused = await sendPoll(pollBody(), { key: world.client.apiKey });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
  expect(await refusalOf(refused)).toBe("429 rate-limited");
});

it("a good enrolment token works also behind an address that tried twenty wrong ones", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const wrong = { ...body, token: "bbse_wrong" };
  for (let i = 0; i < 20; i++) expect((await sendEnrol(wrong)).status).toBe(403);
  const refused = await sendEnrol(wrong);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3500);
  expect((await sendEnrol(body)).status).toBe(200);
});

it("while tries cannot be counted nobody learns whether a key is good: 503, ask again soon", async () => {
  const world = await agentWorld();
  await world.database.pool.end();
  const answer = await sendPoll(pollBody(), { key: "bbsa_malformed" });
  expect(answer.headers.get("retry-after")).toBe("10");
  expect(await refusalOf(answer)).toBe("503 limits-unavailable");
});
