import { isNull } from "drizzle-orm";
import { expect, it } from "vitest";
import { agentKeys, clients } from "~/server/db/schema/clients";
import { agentWorld, pollBody, refusalOf, sendEnrol, sendPoll } from "~tests/support/agent-world";
import { testPublicKey } from "~tests/support/fleet";
import { enrolBody } from "../../agent-api/enroll/enrol-body";

/** Whoever can reach the server, with or without a line that somebody pasted somewhere. */
it("shows a token twenty times at once: one machine gets a key", async () => {
  const world = await agentWorld();
  const { body, clientId } = await enrolBody(world);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => sendEnrol({ ...body, sshPublicKey: testPublicKey() })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const keys = await world.database.pool.db.select().from(agentKeys).where(isNull(agentKeys.revokedAt));
  expect(keys.filter((key) => key.clientId === clientId)).toHaveLength(1);
});

it("shows a token that was used, expired, revoked, cut or in other letters", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  for (const token of [body.token.slice(0, -1), body.token.toUpperCase(), `${body.token}x`, "' or true --"])
    expect((await sendEnrol({ ...body, token })).status).toBe(403);
  expect((await sendEnrol(body)).status).toBe(200);
  expect(await refusalOf(await sendEnrol(body))).toBe("409 enrolment-token-used");
});

it("shows the hash of a token that it read in a stolen database", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const [row] = await world.database.pool.sql`select token_hash from enrolment_tokens where used_at is null`;
  expect(await refusalOf(await sendEnrol({ ...body, token: String(row?.token_hash) }))).toBe(
    "403 enrolment-token-invalid",
  );
});

it.each([
  ["options before it", (key: string) => `command="/bin/sh" ${key}`],
  ["a second line", (key: string) => `${key}\nssh-ed25519 ${key.split(" ")[1]} second`],
  ["an option in its comment", (key: string) => `${key} x\rcommand="/bin/sh"`],
  ["another kind", () => `ssh-rsa ${"A".repeat(68)}`],
  ["a certificate", (key: string) => key.replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com")],
  ["no base64", () => `ssh-ed25519 ${"!".repeat(68)}`],
])("brings an SSH key with %s", async (_, twist) => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const answer = await sendEnrol({ ...body, sshPublicKey: twist(body.sshPublicKey) });
  expect(await refusalOf(answer)).toBe("422 invalid-input");
  const rows = await world.database.pool.db.select().from(clients);
  expect(rows.filter((row) => row.sshPublicKey?.includes("command"))).toEqual([]);
});

it("names itself another client, an admin and its own id", async () => {
  const world = await agentWorld();
  const { body, clientId } = await enrolBody(world);
  const more = { ...body, clientId: world.client.id, role: "admin", id: world.client.id, name: "web-01" };
  const answer = await sendEnrol(more);
  expect(await answer.json()).toMatchObject({ clientId, clientName: "db-01" });
  // And the machine whose id it named still works with its own key.
  expect((await sendPoll(pollBody(), { key: world.client.apiKey })).status).toBe(200);
});

it("guesses tokens from one address, and cannot lock out a machine behind the same one that has a right key", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const peer = "198.51.100.9";
  const codes: number[] = [];
  for (let at = 0; at < 30; at++)
    codes.push((await sendEnrol({ ...body, token: `bbse_${at}` }, { peer })).status);
  expect(codes.filter((code) => code === 403).length).toBeLessThanOrEqual(20);
  expect(codes.at(-1)).toBe(429);
  expect((await sendPoll(pollBody(), { key: world.client.apiKey, peer })).status).toBe(200);
});
