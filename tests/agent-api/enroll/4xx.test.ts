import { expect, it } from "vitest";
import { agentWorld, refusalOf, sendEnrol } from "~tests/support/agent-world";
import { reportNode } from "~tests/support/fleet";
import { enrolBody } from "./enrol-body";

it("403: refuses a token that never was", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world, { token: "bbse_wrong" });
  expect(await refusalOf(await sendEnrol(body))).toBe("403 enrolment-token-invalid");
});

it("409: refuses a token the second time, also when both come at once", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const answers = await Promise.all([sendEnrol(body), sendEnrol(body), sendEnrol(body)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
  expect(await refusalOf(await sendEnrol(body))).toBe("409 enrolment-token-used");
});

it("410: refuses an expired token", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  await world.database.pool.sql`update enrolment_tokens set expires_at = now() - interval '1 second'`;
  expect(await refusalOf(await sendEnrol(body))).toBe("410 enrolment-token-expired");
});

it("422: refuses a key that is not ed25519", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world, { sshPublicKey: "ssh-rsa AAAA" });
  expect(await refusalOf(await sendEnrol(body))).toBe("422 invalid-input");
});

it("426: refuses another protocol version and leaves the token usable", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  expect(await refusalOf(await sendEnrol({ ...body, protocol: 2 }))).toBe("426 protocol-unsupported");
  expect((await sendEnrol(body)).status).toBe(200);
});

it("429: refuses an address that tried twenty wrong tokens, and no other", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  const wrong = { ...body, token: "bbse_wrong" };
  for (let i = 0; i < 20; i++) await sendEnrol(wrong, { peer: "198.51.100.9" });
  expect(await refusalOf(await sendEnrol(wrong, { peer: "198.51.100.9" }))).toBe("429 rate-limited");
  expect((await sendEnrol(body, { peer: "192.0.2.1" })).status).toBe(200);
});

it("503: keeps the token usable while no host key of the storage node is known", async () => {
  const world = await agentWorld();
  const { body } = await enrolBody(world);
  await world.database.pool.sql`delete from system_node_status`;
  expect(await refusalOf(await sendEnrol(body))).toBe("503 storage-unavailable");
  await reportNode(world.admin());
  expect((await sendEnrol(body)).status).toBe(200);
});
