import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { CHUNK_BYTES } from "~/server/updates/store-chunk";
import { storeFile } from "~/server/updates/store-file";
import { takeInRelease } from "~/server/updates/take-in-release";
import { type AgentWorld, agentWorld, askReleaseFile, refusalOf } from "~tests/support/agent-world";
import { firstFile, releaseSigner, signedRelease, trust } from "~tests/support/signed-release";

/** An agent's file on the server, as large as said. */
async function storedAgent(world: AgentWorld, bytes: number) {
  const signer = releaseSigner();
  await trust(world.admin(), [signer]);
  const release = signedRelease([signer], { files: { "bbs-agent.mjs": randomBytes(bytes) } });
  const { missing } = await takeInRelease(world.admin(), { ...release, source: "upload" });
  const file = firstFile(release);
  for (const one of missing) await storeFile(world.admin(), one, Readable.from([file.bytes]));
  return file;
}

it("gives a machine the very bytes that were signed, and tells their number before", async () => {
  const world = await agentWorld();
  const { sha256, bytes } = await storedAgent(world, 5 * CHUNK_BYTES + 123);
  const response = await askReleaseFile(sha256, { key: world.client.apiKey });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-bbs-length")).toBe(String(bytes.length));
  const got = Buffer.from(await response.arrayBuffer());
  expect(createHash("sha256").update(got).digest("hex")).toBe(sha256);
});

it("reads on only as fast as the machine takes it", async () => {
  const world = await agentWorld();
  const { sha256 } = await storedAgent(world, 4 * CHUNK_BYTES);
  const response = await askReleaseFile(sha256, { key: world.client.apiKey });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value?.length).toBe(CHUNK_BYTES);
  // What is left of the file goes away: a reader that held all of it would not notice.
  await world.database.pool.sql`delete from release_chunks where position > 1`;
  await reader?.read();
  await expect(reader?.read()).rejects.toThrow();
});

it.each(["0".repeat(64), "../../etc/passwd", "%00"])("knows no file %s", async (sha256) => {
  const world = await agentWorld();
  const response = await askReleaseFile(sha256, { key: world.client.apiKey });
  expect(await refusalOf(response)).toBe("404 not-found");
});
