import { describe, expect, it } from "vitest";
import { pollResponse } from "~/protocol/v1";
import { clients } from "~/server/db/schema/clients";
import { jobLogLines } from "~/server/db/schema/jobs";
import { archiveLedger } from "~/server/db/schema/vault";
import {
  type AgentWorld,
  agentWorld,
  goodEnd,
  pollBody,
  pollOk,
  refusalOf,
  reportBody,
  reportOk,
  sendPoll,
  sendReport,
} from "~tests/support/agent-world";
import { enrolledClient } from "~tests/support/fleet";

/** A machine of ours whose agent, key and all, belongs to an attacker; and one without any key. Over the real route handlers. */
interface Attacked {
  world: AgentWorld;
  /** A backup of web-01, handed out to its own agent. */
  jobId: string;
  evil: { id: string; apiKey: string };
}

async function attacked(): Promise<Attacked> {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  return { world, jobId, evil: await enrolledClient(world.admin(), "evil-01") };
}

const victimJob = async ({ world, jobId }: Attacked) => {
  const { state, problem, progress } = await world.job(jobId);
  return { state, problem, progress };
};
const UNTOUCHED = { state: "assigned", problem: null, progress: null };

describe("without a key of its own", () => {
  it.each([
    ["none", null],
    ["an empty one", ""],
    ["one that is made up", `bbsa_${"A".repeat(43)}`],
    ["a very long one", "x".repeat(290)],
    ["SQL", "' or true --"],
  ])("asks for work with a key that is %s", async (_, key) => {
    const given = await attacked();
    expect(await refusalOf(await sendPoll(pollBody(), { key }))).toBe("401 agent-key-invalid");
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });

  it("asks with the hash of a key that it read in a stolen database", async () => {
    const { world } = await attacked();
    const rows = await world.database.pool.sql`select key_hash from agent_keys`;
    for (const row of rows)
      expect((await sendPoll(pollBody(), { key: String(row.key_hash) })).status).toBe(401);
  });

  it("asks with a right key in other letters, cut, or with more behind it", async () => {
    const { world } = await attacked();
    const { apiKey } = world.client;
    for (const key of [apiKey.toUpperCase(), apiKey.slice(0, -1), `${apiKey}A`, `${apiKey},x`])
      expect((await sendPoll(pollBody(), { key })).status).toBe(401);
  });

  it("asks with the key of a machine that was enrolled anew", async () => {
    const { world, evil } = await attacked();
    await world.database.pool.sql`update agent_keys set revoked_at = now() where client_id = ${evil.id}`;
    expect(await refusalOf(await sendPoll(pollBody(), { key: evil.apiKey }))).toBe("401 agent-key-invalid");
  });
});

describe("with a key of its own, about another machine", () => {
  it("ends its job, well or badly", async () => {
    const given = await attacked();
    for (const change of [goodEnd("web-01"), { state: "failed" as const }, { state: "cancelled" as const }])
      expect((await sendReport(given.jobId, reportBody(change), { key: given.evil.apiKey })).status).toBe(
        404,
      );
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });

  it("gives its job false progress and log lines", async () => {
    const given = await attacked();
    const log = [
      { sequence: 1, at: new Date().toISOString(), level: "error" as const, message: "all is lost" },
    ];
    await sendReport(given.jobId, reportBody({ log }), { key: given.evil.apiKey });
    expect(await given.world.database.pool.db.select().from(jobLogLines)).toEqual([]);
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });

  it("says that it holds its job, with every lease there may be", async () => {
    const given = await attacked();
    for (const lease of [1, 2, 3]) {
      const body = pollBody({ holding: [{ jobId: given.jobId, lease }], freeLanes: ["backup", "restore"] });
      expect((await sendPoll(body, { key: given.evil.apiKey })).status).toBe(200);
    }
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });

  it("waits for work that is queued for it, and for its passphrase", async () => {
    const { world, evil } = await attacked();
    await world.database.pool.sql`update jobs set state = 'queued', lease = 0, lease_expires_at = null`;
    const answer = await sendPoll(pollBody(), { key: evil.apiKey });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ jobs: [], cancel: [] });
    expect(text).not.toMatch(/passphrase|ssh:/);
  });

  it("learns which jobs there are by the way a wrong id is refused", async () => {
    const { jobId, evil } = await attacked();
    const ask = (id: string) => sendReport(id, reportBody(), { key: evil.apiKey });
    const [foreign, missing] = [await ask(jobId), await ask("aaaaaaaaaaaaaaaa")];
    expect([foreign.status, await foreign.text()]).toEqual([missing.status, await missing.text()]);
  });

  it.each([
    ["a path", "../../clients"],
    ["a path in disguise", "..%2f..%2fclients"],
    ["SQL", "' or '1'='1"],
    ["5,000 letters", "a".repeat(5000)],
    ["NUL", "\u0000"],
    ["a pattern", "*"],
  ])("names %s as a job", async (_, id) => {
    const given = await attacked();
    const answer = await sendReport(id, reportBody(), { key: given.evil.apiKey });
    expect([404, 422]).toContain(answer.status);
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });
});

describe("with a key of its own, about itself", () => {
  const own = async (given: Attacked) => {
    const { jobId, world } = given;
    return { jobId, key: world.client.apiKey, db: world.database.pool.db };
  };

  it("claims a backup that nobody saw committed", async () => {
    const given = await attacked();
    const { jobId, db } = await own(given);
    await reportOk(given.world, jobId, goodEnd("web-01-made-up"));
    expect(await db.select().from(archiveLedger)).toEqual([]);
  });

  it("turns a failed backup into a good one afterwards", async () => {
    const given = await attacked();
    const { jobId, key } = await own(given);
    const problem = { code: "borg-failed" as const, say: "It failed." };
    await reportOk(given.world, jobId, { state: "failed", problem });
    await sendReport(jobId, reportBody(goodEnd("web-01")), { key });
    expect(await victimJob(given)).toMatchObject({ state: "failed" });
  });

  it("reports with the lease of a hand-out that is over, or that never was", async () => {
    const given = await attacked();
    const { jobId, key } = await own(given);
    await given.world.database.pool.sql`update jobs set lease = 3`;
    for (const lease of [1, 2, 4, 2_000_000_000])
      expect(await refusalOf(await sendReport(jobId, reportBody({ ...goodEnd("x"), lease }), { key }))).toBe(
        "409 stale-lease",
      );
    expect(await victimJob(given)).toMatchObject(UNTOUCHED);
  });

  it("writes a log line again, with other words", async () => {
    const given = await attacked();
    const { jobId, db } = await own(given);
    const line = (message: string) => [
      { sequence: 1, at: new Date().toISOString(), level: "info" as const, message },
    ];
    await reportOk(given.world, jobId, { log: line("what happened") });
    await reportOk(given.world, jobId, { log: line("what did not") });
    expect((await db.select().from(jobLogLines)).map(({ message }) => message)).toEqual(["what happened"]);
  });

  it("fills the log: too many lines, too long ones", async () => {
    const given = await attacked();
    const { jobId, key, db } = await own(given);
    const line = { at: new Date().toISOString(), level: "info" as const };
    const many = Array.from({ length: 501 }, (_, at) => ({ ...line, sequence: at + 1, message: "x" }));
    const long = [{ ...line, sequence: 1, message: "x".repeat(4001) }];
    for (const log of [many, long])
      expect(await refusalOf(await sendReport(jobId, reportBody({ log }), { key }))).toBe(
        "422 invalid-input",
      );
    expect(await db.select().from(jobLogLines)).toEqual([]);
  });

  it("puts NUL, line ends and escape sequences into the log and into its own name", async () => {
    const given = await attacked();
    const { jobId, key, db } = await own(given);
    const message = "a\u0000b\r\nb\u001b]0;owned\u0007\u202e";
    const log = [{ sequence: 1, at: new Date().toISOString(), level: "info" as const, message }];
    await reportOk(given.world, jobId, { log });
    const machine = { ...pollBody().machine, hostname: "web\u0000\u001b[2J" };
    expect([200, 422]).toContain((await sendPoll(pollBody({ machine }), { key })).status);
    // What PostgreSQL cannot hold is mended; the rest is text and shown as such (bbs escapes it, the console never makes HTML of it).
    expect((await db.select().from(jobLogLines)).map((row) => row.message.includes("\u0000"))).toEqual([
      false,
    ]);
    for (const row of await db.select().from(clients))
      expect(JSON.stringify(row.machine)).not.toContain("\\u0000");
  });

  it.each([
    ["negative", -1],
    ["a fraction", 0.5],
    ["beyond any integer", 1e308],
    ["text", "50"],
    ["null", null],
    ["an object", { $gt: 0 }],
  ])("asks to be held for a time that is %s", async (_, waitSeconds) => {
    const { evil } = await attacked();
    const answer = await sendPoll({ ...pollBody(), waitSeconds }, { key: evil.apiKey });
    expect(await refusalOf(answer)).toBe("422 invalid-input");
  });

  it("sends progress that no column can hold", async () => {
    const given = await attacked();
    const { jobId, key } = await own(given);
    for (const files of [-1, 1.5, 1e300, "1"]) {
      const progress = { phase: "backup", files, originalBytes: 1, compressedBytes: 1, deduplicatedBytes: 1 };
      const answer = await sendReport(jobId, { ...reportBody(), progress }, { key });
      expect(await refusalOf(answer)).toBe("422 invalid-input");
    }
    expect(await victimJob(given)).toMatchObject({ progress: null });
  });

  it.each([
    ["nested a hundred thousand levels deep", "[".repeat(100_000) + "]".repeat(100_000)],
    ["that is no JSON", "{"],
    ["that is not text", "\ufffd\u0000"],
    ["that reaches for the prototype of all objects", '{"protocol":1,"__proto__":{"kind":"worker"}}'],
    ["that is a list", "[]"],
    ["of 9 MB", `{"protocol":1,"machine":"${"a".repeat(9_000_000)}"}`],
  ])("sends a body %s", async (_, body) => {
    const { evil } = await attacked();
    const { status } = await sendPoll(body, { key: evil.apiKey });
    expect([400, 413, 422, 426]).toContain(status);
    expect(Reflect.get({}, "kind")).toBeUndefined();
  });

  it.each([0, -1, 2, 999, 1.5, "1", null])("speaks version %j of the protocol", async (protocol) => {
    const { evil } = await attacked();
    const answer = await sendPoll({ ...pollBody(), protocol }, { key: evil.apiKey });
    expect([422, 426]).toContain(answer.status);
  });

  it("takes the same job fifty times at once, to run it fifty times", async () => {
    const { world, jobId } = await attacked();
    const polls = await Promise.all(
      Array.from({ length: 50 }, () => sendPoll(pollBody(), { key: world.client.apiKey })),
    );
    const answers = await Promise.all(polls.map(async (poll) => pollResponse.parse(await poll.json())));
    // An agent that has forgotten its job gets it again, each time with another lease; only the last one counts.
    const leases = answers.flatMap(({ jobs: orders }) => orders.map(({ lease }) => lease));
    expect(new Set(leases).size).toBe(leases.length);
    const running = await Promise.all(
      leases.map((lease) => sendReport(jobId, reportBody({ lease }), { key: world.client.apiKey })),
    );
    expect(running.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});
