import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { PROTOCOL_VERSION } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { removeClient } from "~/server/clients/remove-client";
import {
  type AgentWorld,
  agentWorld,
  askReleaseFile,
  goodEnd,
  pollBody,
  pollOk,
  refusalOf,
  reportBody,
  type SendOptions,
  sendEnrol,
  sendPoll,
  sendProbation,
  sendReport,
} from "~tests/support/agent-world";
import { enrolledClient } from "~tests/support/fleet";
import { enrolBody } from "./enroll/enrol-body";

/** Who sends. `another`: a machine of ours that is not the one whose job it is. */
const SENDERS = ["nobody", "unknown key", "revoked key", "removed client", "another"] as const;
type Sender = (typeof SENDERS)[number];

const REFUSED = "401 agent-key-invalid";

/**
 * What every message of the protocol is answered, by who sends it, about a job of web-01. Edit when a message is added: without a row
 * the first test fails. Enrolling needs no key: what it shows is its token, which the other tests of that message are about.
 */
const MATRIX: Record<string, Record<Sender, string>> = {
  enroll: {
    nobody: "403 enrolment-token-invalid",
    "unknown key": "403 enrolment-token-invalid",
    "revoked key": "403 enrolment-token-invalid",
    "removed client": "403 enrolment-token-invalid",
    another: "403 enrolment-token-invalid",
  },
  poll: {
    nobody: REFUSED,
    "unknown key": REFUSED,
    "revoked key": REFUSED,
    "removed client": REFUSED,
    another: "200 nothing",
  },
  probation: {
    nobody: REFUSED,
    "unknown key": REFUSED,
    "revoked key": REFUSED,
    "removed client": REFUSED,
    another: "200 nothing",
  },
  "release-files/[sha256]": {
    nobody: REFUSED,
    "unknown key": REFUSED,
    "revoked key": REFUSED,
    "removed client": REFUSED,
    another: "404 not-found",
  },
  "jobs/[id]/report": {
    nobody: REFUSED,
    "unknown key": REFUSED,
    "revoked key": REFUSED,
    "removed client": REFUSED,
    another: "404 not-found",
  },
};

it("has a row for every message that there is a route for", () => {
  const routes = readdirSync("src/app/api/agent/v1", { recursive: true, encoding: "utf8" });
  const messages = routes.filter((path) => path.endsWith("/route.ts")).map((path) => path.slice(0, -9));
  expect(Object.keys(MATRIX).sort()).toEqual(messages.sort());
});

it.each(SENDERS)(
  "answers every message of %s as it may, and changes nothing of a job that is not theirs",
  async (sender) => {
    const world = await agentWorld();
    const jobId = await world.startBackup();
    await pollOk(world);
    const other = await enrolledClient(world.admin(), "mail-01");
    const key = await keyOf(world, sender, other);
    for (const message of Object.keys(MATRIX))
      expect([message, await send(message, world, jobId, { key })]).toEqual([
        message,
        MATRIX[message]?.[sender],
      ]);
    expect(await world.job(jobId)).toMatchObject({ state: "assigned", endedAt: null });
  },
);

it.each([
  ["former", 1],
  ["future", 7],
])("refuses a report under a %s lease, and a poll that claims one gets nothing", async (_, lease) => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  // It comes back without the job, so the job goes out anew, under the second lease.
  await pollOk(world, { freeLanes: [] });
  await pollOk(world);
  const { apiKey: key } = world.client;
  const response = await sendReport(jobId, reportBody({ ...goodEnd("a"), lease }), { key });
  expect(await refusalOf(response)).toBe("409 stale-lease");
  const answer = await pollOk(world, { holding: [{ jobId, lease }], freeLanes: [] });
  expect(answer.jobs).toEqual([]);
  expect((await world.job(jobId)).state).not.toBe("succeeded");
});

it("hands no work to a key that was revoked while its poll was held", async () => {
  const world = await agentWorld();
  const held = sendPoll(pollBody({ waitSeconds: 20 }), { key: world.client.apiKey });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await world.database.pool.sql`update agent_keys set revoked_at = now()`;
  const jobId = await world.startBackup();
  expect(await refusalOf(await held)).toBe(REFUSED);
  expect(await world.job(jobId)).toMatchObject({ state: "queued", assignedAt: null });
});

async function keyOf(
  world: AgentWorld,
  sender: Sender,
  other: { id: string; apiKey: string },
): Promise<string | null> {
  switch (sender) {
    case "nobody":
      return null;
    case "unknown key":
      return `bbsa_${"A".repeat(43)}`;
    case "revoked key":
      await world.database.pool
        .sql`update agent_keys set revoked_at = now() where client_id = ${world.client.id}`;
      return world.client.apiKey;
    case "removed client": {
      const ctx = world.admin();
      await removeClient(ctx, await authorize(ctx, "manage-clients", other.id), { typedName: "mail-01" });
      return other.apiKey;
    }
    case "another":
      return other.apiKey;
  }
}

/** Sends a message about a job that is another's and tells the answer, a refusal as `404 not-found`. */
async function send(
  message: string,
  world: AgentWorld,
  jobId: string,
  options: SendOptions,
): Promise<string> {
  if (message === "enroll") {
    const { body } = await enrolBody(world, { token: `bbse_${"A".repeat(43)}` });
    return refusalOf(await sendEnrol(body, options));
  }
  if (message.startsWith("release-files")) return refusalOf(await askReleaseFile("0".repeat(64), options));
  if (message === "probation") {
    const response = await sendProbation({ protocol: PROTOCOL_VERSION, version: "9.9.9" }, options);
    return response.status === 200 ? "200 nothing" : refusalOf(response);
  }
  if (message !== "poll") return refusalOf(await sendReport(jobId, reportBody(goodEnd("a")), options));
  const response = await sendPoll(pollBody({ holding: [{ jobId, lease: 1 }] }), options);
  if (response.status !== 200) return refusalOf(response);
  const { jobs } = (await response.json()) as { jobs: unknown[] };
  return jobs.length === 0 ? "200 nothing" : "200 somebody's work";
}
