import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { POST as probation } from "~/app/api/agent/v1/probation/route";
import { UPDATE_ABILITY } from "~/protocol/agent-update";
import { authorize } from "~/server/access/authorize";
import { updateClient } from "~/server/updates/agent/update-client";
import { removeRelease } from "~/server/updates/remove-release";
import { storeFile } from "~/server/updates/store-file";
import { takeInRelease } from "~/server/updates/take-in-release";
import { type AgentWorld, agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { TEST_MACHINE } from "~tests/support/fleet";
import {
  firstFile,
  type ReleaseSigner,
  releaseSigner,
  type SignedRelease,
  signedRelease,
  trust,
} from "~tests/support/signed-release";

const MACHINE = { ...TEST_MACHINE, agentVersion: "0.1.0", abilities: [UPDATE_ABILITY] };

/** A machine whose agent can update itself, and a server that believes one maker. */
async function world(): Promise<AgentWorld & { maker: ReleaseSigner }> {
  const agent = await agentWorld();
  const maker = releaseSigner();
  await trust(agent.admin(), [maker]);
  await pollOk(agent, { machine: MACHINE, freeLanes: [] });
  return { ...agent, maker };
}

async function stored({ admin }: AgentWorld, release: SignedRelease): Promise<string> {
  const { id, missing } = await takeInRelease(admin(), { ...release, source: "upload" });
  for (const file of missing) await storeFile(admin(), file, Readable.from([firstFile(release).bytes]));
  return id;
}

async function update(agent: AgentWorld, releaseId: string) {
  const may = await authorize(agent.admin(), "manage-clients", agent.client.id);
  return updateClient(agent.admin(), may, { releaseId });
}
const refused = (agent: AgentWorld, releaseId: string) =>
  update(agent, releaseId).then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

it("gives the machine the release as it was signed, once, and takes its end", async () => {
  const agent = await world();
  const release = signedRelease([agent.maker]);
  const releaseId = await stored(agent, release);
  const { jobId } = await update(agent, releaseId);
  expect(await update(agent, releaseId)).toEqual({ jobId });
  const { jobs } = await pollOk(agent, { machine: MACHINE, freeLanes: ["look"] });
  expect(jobs).toEqual([
    {
      ...{ kind: "update-agent", jobId, lease: 1 },
      manifest: Buffer.from(release.manifest).toString("base64"),
      signatures: JSON.parse(Buffer.from(release.signatures).toString("utf8")),
      fileSha256: firstFile(release).sha256,
    },
  ]);
  expect((await agent.job(jobId)).state).toBe("assigned");
  const result = { kind: "update-agent", from: "0.1.0", to: "1.2.0" } as const;
  await reportOk(agent, jobId, { state: "succeeded", result });
  expect(await agent.job(jobId)).toMatchObject({
    state: "succeeded",
    result: null,
    told: ["It went from 0.1.0 to 1.2.0."],
  });
  const [entry] = await agent.database.pool
    .sql`select detail from journal_entries where action = 'client.update.asked'`;
  expect(entry?.detail).toMatchObject({ jobId, version: "1.2.0" });
});

it("begins no second update beside the first, none backwards, and none without a whole file", async () => {
  const agent = await world();
  const first = await stored(agent, signedRelease([agent.maker]));
  const file = { "bbs-agent.mjs": Buffer.from("another") };
  const second = await stored(agent, signedRelease([agent.maker], { version: "1.3.0", files: file }));
  const older = await stored(agent, signedRelease([agent.maker], { version: "0.1.0" }));
  const missing = signedRelease([agent.maker], {
    version: "1.4.0",
    files: { "bbs-agent.mjs": Buffer.from("x") },
  });
  const { id: unfinished } = await takeInRelease(agent.admin(), { ...missing, source: "upload" });
  const far = { version: "1.5.0", minimum: { agent: "1.0.0", server: "0.1.0" } };
  const tooFar = await stored(agent, signedRelease([agent.maker], far));
  expect(await refused(agent, older)).toBe("invalid-input");
  expect(await refused(agent, unfinished)).toBe("invalid-input");
  expect(await refused(agent, tooFar)).toBe("invalid-input");
  expect(await refused(agent, "nothing")).toBe("not-found");
  await update(agent, first);
  expect(await refused(agent, second)).toBe("invalid-input");
});

it("says of an agent that cannot update itself what to do", async () => {
  const agent = await world();
  const releaseId = await stored(agent, signedRelease([agent.maker]));
  await pollOk(agent, { machine: { ...MACHINE, abilities: [] }, freeLanes: [] });
  expect(await refused(agent, releaseId)).toBe("agent-too-old");
});

it("puts an update of a release that was removed meanwhile back, with the reason", async () => {
  const agent = await world();
  const releaseId = await stored(agent, signedRelease([agent.maker]));
  const { jobId } = await update(agent, releaseId);
  await removeRelease(agent.admin(), { id: releaseId });
  expect((await pollOk(agent, { machine: MACHINE, freeLanes: ["look"] })).jobs).toEqual([]);
  expect(await agent.job(jobId)).toMatchObject({ state: "queued", problem: { code: "not-found" } });
});

it("answers a version on probation that has the machine's key, and nobody else", async () => {
  const agent = await world();
  const ask = (key: string) =>
    probation(
      new Request("https://backup.example.test/api/agent/v1/probation", {
        method: "POST",
        headers: { "content-type": "application/json", "bbs-protocol": "1", authorization: `Bearer ${key}` },
        body: JSON.stringify({ protocol: 1, version: "1.2.0" }),
      }),
    );
  expect((await ask(agent.client.apiKey)).status).toBe(200);
  expect((await ask(`bbsa_${"x".repeat(43)}`)).status).toBe(401);
});
