import { expect, it } from "vitest";
import { enrolResponse } from "~/protocol/v1";
import { agentWorld, pollBody, sendEnrol, sendPoll } from "~tests/support/agent-world";
import { enrolBody } from "./enrol-body";

it("makes a machine a client, gives it a key that works, and queues its account", async () => {
  const world = await agentWorld();
  const { body, clientId } = await enrolBody(world);
  const response = await sendEnrol(body);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const enrolled = enrolResponse.parse(await response.json());
  expect(enrolled).toMatchObject({ clientId, clientName: "db-01", ssh: { user: `bbs-${clientId}` } });
  expect((await sendPoll(pollBody(), { key: enrolled.apiKey })).status).toBe(200);
  const queued = await world.database.pool.sql`select kind from jobs where client_id = ${clientId}`;
  expect(queued.map((job) => job.kind)).toEqual(["provision-client"]);
  const [stored] = await world.database.pool.sql`select string_agg(k::text, '') as keys from agent_keys k`;
  expect(stored?.keys).not.toContain(enrolled.apiKey);
});
