import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SessionLedger } from "~/keeper/session-ledger";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
  path = join(folder, "sessions.ndjson");
});
afterEach(() => rmSync(folder, { recursive: true }));

const visit = (clientId: string, refused: string | null = null) => ({
  ...{ clientId, refused, peerAddress: "192.0.2.1", asked: "borg serve", process: null },
  startedAt: "2026-01-01T00:00:00.000Z",
});
const end = (sequence: number) => ({
  ...{ sequence, endedAt: "2026-01-01T01:00:00.000Z", bytesIn: 1, bytesOut: 2, exitCode: 0 },
  ...{ transactionAfter: null, callsRefused: 0 },
});
const numbers = async (ledger: SessionLedger, from: number, limit = 100) =>
  (await ledger.list(from, limit)).map((session) => session.sequence);

it("numbers sessions without gaps, also across restarts and torn lines", async () => {
  const first = await SessionLedger.open(path);
  expect((await first.begin(visit("a"))).sequence).toBe(1);
  await first.begin(visit("b", "no"));
  await first.close();
  appendFileSync(path, '{"event":"begin","sequence":3,"cli');
  const second = await SessionLedger.open(path);
  expect((await second.begin(visit("c"))).sequence).toBe(3);
  expect(await numbers(second, 1)).toEqual([1, 2, 3]);
  expect(second.openSessions().map((left) => left.begin.sequence)).toEqual([1, 3]);
  await second.close();
});

it("drops the half of a line that a full disk took before it writes the next one", async () => {
  const ledger = await SessionLedger.open(path);
  await ledger.begin(visit("a"));
  appendFileSync(path, '{"event":"end","sequence":1,"end');
  await ledger.end(end(1));
  await ledger.begin(visit("b"));
  await ledger.close();
  const again = await SessionLedger.open(path);
  expect(await again.list(0, 10)).toMatchObject([{ sequence: 1, exitCode: 0 }, { sequence: 2 }]);
  await again.close();
});

it("opens with a line that cannot be read, and says so", async () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  const ledger = await SessionLedger.open(path);
  await ledger.begin(visit("a"));
  await ledger.close();
  appendFileSync(path, '{"event":"opened","sequence":1,"writing{"event":"end"}\n');
  const again = await SessionLedger.open(path);
  expect((await again.begin(visit("b"))).sequence).toBe(2);
  expect(told).toHaveBeenCalledWith(expect.stringMatching(/cannot be read and is passed over/));
  await again.close();
});

it("tells a reader who asks from his highest number plus one of every start and every end", async () => {
  const ledger = await SessionLedger.open(path);
  await ledger.begin(visit("a"));
  await ledger.begin(visit("a"));
  expect(await numbers(ledger, 0)).toEqual([1, 2]);
  expect(await numbers(ledger, 3)).toEqual([]);
  await ledger.end(end(1));
  expect(await ledger.list(3, 100)).toMatchObject([{ sequence: 1, bytesIn: 1, exitCode: 0 }]);
  await ledger.begin(visit("b"));
  expect(await numbers(ledger, 3)).toEqual([1, 3]);
  expect(await numbers(ledger, 4)).toEqual([]);
  await ledger.close();
});

it("keeps the first end of a session and shows a refusal as ended", async () => {
  const ledger = await SessionLedger.open(path);
  await ledger.begin(visit("a"));
  await ledger.end(end(1));
  await ledger.end({ ...end(1), exitCode: 9 });
  await ledger.begin(visit("b", "not you"));
  expect(await ledger.list(0, 10)).toMatchObject([
    { sequence: 1, exitCode: 0 },
    { sequence: 2, refused: "not you", endedAt: "2026-01-01T00:00:00.000Z" },
  ]);
  expect(await numbers(ledger, 0, 1)).toEqual([1]);
  await ledger.close();
});

it("knows after a crash which repository an open session may have written to, and from where on", async () => {
  const first = await SessionLedger.open(path);
  await first.begin(visit("a"));
  await first.opened({ sequence: 1, repositoryId: "r", writing: true, transactionBefore: 7 });
  await first.close();
  const second = await SessionLedger.open(path);
  expect(second.openSessions()).toMatchObject([
    { begin: { sequence: 1 }, opened: { repositoryId: "r", writing: true, transactionBefore: 7 } },
  ]);
  await second.end({ ...end(1), transactionAfter: 9 });
  expect(await second.list(0, 10)).toMatchObject([
    { repositoryId: "r", writing: true, transactionBefore: 7, transactionAfter: 9 },
  ]);
  await second.close();
});

it("shows the first refused calls of a session and counts all of them", async () => {
  const ledger = await SessionLedger.open(path);
  await ledger.begin(visit("a"));
  for (let call = 1; call <= 30; call++) await ledger.callRefused(1, { call: `call-${call}`, say: "no" });
  await ledger.end({ ...end(1), callsRefused: 500 });
  await ledger.callRefused(1, { call: "late", say: "no" });
  const [session] = await ledger.list(0, 10);
  expect(session).toMatchObject({ callsRefused: 500, refusedCalls: { length: 20 } });
  expect(session?.refusedCalls[0]).toEqual({ call: "call-1", say: "no" });
  await ledger.close();
});
