import { expect, it, onTestFinished } from "vitest";
import { testChannel } from "~/server/alerts/channels";
import { startAlertLoop } from "~/worker/alert-loop";
import { startScheduler } from "~/worker/scheduler";
import { closeFeedAfterTest } from "~tests/support/agent-world";
import { alertWorld, receiver } from "~tests/support/alert-world";
import { testPublicKey } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";
import { until } from "~tests/support/until";

async function worldWithLoop() {
  const world = await alertWorld();
  closeFeedAfterTest();
  const loop = await startAlertLoop({ sweepMs: 60_000 });
  onTestFinished(() => loop.stop());
  return { world, hook: await receiver() };
}

it("the worker sends what is queued at once, without looking for it again and again", async () => {
  const { world, hook } = await worldWithLoop();
  const id = await world.channel({ url: hook.url });
  await testChannel(world.database.ctx({ now: new Date() }), { id });
  await until("it has come", () => hook.got.length === 1);
  expect(JSON.parse(hook.got[0]?.body ?? "{}")).toMatchObject({ event: "test" });
});

it("the word that the server lives goes out only while the keeper answers too", async () => {
  const { world, hook } = await worldWithLoop();
  await world.channel({ kind: "ping", url: `${hook.url}/alive` });
  const keeper = await new ScriptedKeeper().start();
  keeper.script.status = () => ({ refuse: "fault" });
  const during = async (act: () => Promise<unknown>) => {
    const scheduler = startScheduler({ storageNodeId: "main", callKeeper: keeper.call });
    await act();
    await scheduler.stop();
  };
  const asked = () => keeper.calls.filter(({ verb }) => verb === "status").length;
  await during(() => until("the keeper was asked by both", () => asked() >= 2));
  expect(hook.got).toEqual([]);
  const status = { root: true, borgVersion: "1.2.4", sshHostKeys: [testPublicKey()], protections: [] };
  keeper.script.status = () => ({ output: { ...status, freeBytes: 1, totalBytes: 2 } });
  await during(() => until("it was told", () => hook.got.length === 1));
  expect(hook.got[0]).toMatchObject({ method: "GET", path: "/alive" });
});
