import { expect, it } from "vitest";
import { agentWorld, goodEnd, pollOk, refusalOf, reportBody, sendReport } from "~tests/support/agent-world";
import { enrolledClient } from "~tests/support/fleet";

async function given() {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  return { world, jobId, key: world.client.apiKey };
}

it("401: refuses a machine without a key", async () => {
  const { jobId } = await given();
  expect(await refusalOf(await sendReport(jobId, reportBody()))).toBe("401 agent-key-invalid");
});

it("404: does not tell another machine's job from one that never was", async () => {
  const { world, jobId } = await given();
  const { apiKey } = await enrolledClient(world.admin(), "web-02");
  const foreign = await sendReport(jobId, reportBody(), { key: apiKey });
  const unknown = await sendReport("nosuchjob", reportBody(), { key: apiKey });
  expect(await foreign.json()).toEqual(await unknown.clone().json());
  expect(await refusalOf(unknown)).toBe("404 not-found");
  expect(await world.job(jobId)).toMatchObject({ state: "assigned" });
});

it("404: refuses an id that is none", async () => {
  const { key } = await given();
  expect(await refusalOf(await sendReport("../../etc", reportBody(), { key }))).toBe("404 not-found");
});

it("409: refuses a former and a future lease and changes nothing", async () => {
  const { world, jobId, key } = await given();
  const log = [{ sequence: 1, at: "2026-11-23T02:00:00.000Z", level: "info" as const, message: "stale" }];
  for (const lease of [2, 99]) {
    const response = await sendReport(jobId, reportBody({ ...goodEnd("a"), lease, log }), { key });
    expect(await refusalOf(response)).toBe("409 stale-lease");
  }
  expect(await world.job(jobId)).toMatchObject({ state: "assigned" });
  const [count] = await world.database.pool.sql`select count(*)::int as n from job_log_lines`;
  expect(count?.n).toBe(0);
});

it("409: refuses a report on a job that went back into the queue", async () => {
  const { world, jobId, key } = await given();
  await pollOk(world, { freeLanes: [] });
  expect(await refusalOf(await sendReport(jobId, reportBody(), { key }))).toBe("409 stale-lease");
});

it("413: refuses a body over the limit without reading it to the end", async () => {
  const { jobId, key } = await given();
  const pad = "x".repeat(9_000_000);
  expect(await refusalOf(await sendReport(jobId, { ...reportBody(), pad }, { key }))).toBe(
    "413 body-too-large",
  );
});

it("422: refuses a result of another kind", async () => {
  const { jobId, key } = await given();
  const result = {
    kind: "restore",
    writtenTo: null,
    files: 0,
    directories: 0,
    bytes: 0,
    skipped: [],
  } as const;
  const body = {
    ...reportBody({ state: "succeeded" }),
    result: { ...result, skippedCount: 0, borgExitCode: 0 },
  };
  expect(await refusalOf(await sendReport(jobId, body, { key }))).toBe("422 invalid-input");
});

it("426: refuses another protocol version", async () => {
  const { jobId, key } = await given();
  expect(await refusalOf(await sendReport(jobId, { protocol: 7 }, { key }))).toBe("426 protocol-unsupported");
});
