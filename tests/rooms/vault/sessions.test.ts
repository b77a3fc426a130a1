import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { listSessions } from "~/server/vault/list-sessions";
import { recordSessions } from "~/server/vault/record-sessions";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const session = (sequence: number, clientId: string, endedAt: string | null) => ({
  ...{
    sequence,
    clientId,
    peerAddress: "192.0.2.7",
    startedAt: `2026-11-23T02:00:0${sequence}.000Z`,
    endedAt,
  },
  ...{
    bytesIn: endedAt ? 10 : null,
    bytesOut: endedAt ? 20 : null,
    exitCode: endedAt ? 0 : null,
    refused: null,
  },
  ...{ repositoryId: null, writing: false, transactionBefore: null, transactionAfter: null },
  ...{ callsRefused: 0, refusedCalls: [] },
});

it("copies sessions once, learns of their ends, and asks only for what is new", async () => {
  const world = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  const keeper = boundKeeper(scripted.call, {});
  const record = () =>
    recordSessions(world.database.workerCtx(new Date()), keeper, { storageNodeId: "main" });
  const end = "2026-11-23T02:10:00.000Z";
  const { id } = world.client;
  scripted.script["list-sessions"] = () => ({
    output: { sessions: [session(1, id, end), session(2, id, null)] },
  });
  expect(await record()).toEqual({ clientIds: [id] });
  scripted.script["list-sessions"] = () => ({
    output: { sessions: [session(2, id, end), session(3, id, null)] },
  });
  await record();
  expect((await record()).clientIds).toEqual([]);
  expect(scripted.calls.map((call) => call.input.fromSequence)).toEqual([1, 3, 4]);
  const may = await authorize(world.admin(), "view", id);
  const first = await listSessions(world.admin(), may, { limit: 2 });
  expect(first.items.map((one) => [one.id, one.endedAt?.toISOString() ?? null, one.bytesOut])).toEqual([
    ["3@main", null, null],
    ["2@main", end, 20],
  ]);
  const second = await listSessions(world.admin(), may, { limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ id: "1@main" }], nextCursor: null });
});

it("keeps what a writing session did to which repository, and which of its calls were refused", async () => {
  const world = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  const keeper = boundKeeper(scripted.call, {});
  const record = (change: Record<string, unknown>) => {
    scripted.script["list-sessions"] = () => ({
      output: { sessions: [{ ...session(1, world.client.id, null), ...change }] },
    });
    return recordSessions(world.database.workerCtx(new Date()), keeper, { storageNodeId: "main" });
  };
  const refusedCalls = [{ call: "delete", say: "Objects stored before cannot be deleted." }];
  await record({});
  await record({ repositoryId: world.repositoryId, writing: true, transactionBefore: 5 });
  await record({
    ...{ repositoryId: world.repositoryId, writing: true, transactionBefore: 5, transactionAfter: 7 },
    ...{ endedAt: "2026-11-23T02:10:00.000Z", callsRefused: 12, refusedCalls },
  });
  const may = await authorize(world.admin(), "view", world.client.id);
  const { items } = await listSessions(world.admin(), may, { repositoryId: world.repositoryId, limit: 10 });
  expect(items).toMatchObject([
    { sequence: 1, writing: true, transactionBefore: 5, transactionAfter: 7, callsRefused: 12, refusedCalls },
  ]);
  expect((await listSessions(world.admin(), may, { repositoryId: "another", limit: 10 })).items).toEqual([]);
});
