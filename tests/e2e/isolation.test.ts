import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { startClientMachine } from "../support/client-machine";
import { makeNetworkNamespace, type NetworkNamespace } from "../support/network-namespace";
import { plainRestore } from "../support/plain-restore";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-isolation-"));
let network: NetworkNamespace;
let stack: RealStack;

beforeAll(async () => {
  writeFileSync(join(work, "file"), "content\n");
  network = makeNetworkNamespace();
  stack = await startRealStack({ address: network.serverAddress });
});
afterAll(async () => {
  await stack?.stop();
  network?.remove();
  rmSync(work, { recursive: true, force: true });
});

test("the server never opens a connection to a client, from enrolling to restoring", async () => {
  const before = network.opened();
  const machine = await startClientMachine(stack, { prefix: network.prefix });
  try {
    const repositoryId = await makeRepository(stack.bbs, machine.clientId);
    const planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [work] });
    const backup = await backUp(stack.bbs, planId);
    expect(backup).toMatchObject({ state: "succeeded", problem: null });
    const archive = await archiveOf(stack.bbs, backup.id);
    const target = { kind: "restore-folder" as const };
    const { jobId } = await stack.bbs.restores.start.mutate(plainRestore(archive.id, [], target));
    expect((await jobEnded(stack.bbs, jobId)).state).toBe("succeeded");
  } finally {
    await machine.stop();
  }
  const after = network.opened();
  expect(after.towardsClient - before.towardsClient).toBe(0);
  // It really went over this cable: at least one connection for the API and one for borg.
  expect(after.byClient - before.byClient).toBeGreaterThanOrEqual(2);
});

test("the counter does count a connection towards the client", async () => {
  const before = network.opened().towardsClient;
  const [program = "", ...words] = [...network.prefix, process.execPath, "-e", LISTENER];
  const listener = spawn(program, words, { stdio: "ignore" });
  try {
    await until("the listener in the client's network is up", () => isListening());
    await knock(network.clientAddress);
    expect(network.opened().towardsClient).toBeGreaterThan(before);
  } finally {
    listener.kill("SIGKILL");
  }
});

const LISTENER = "require('node:net').createServer((socket) => socket.end()).listen(4711, '0.0.0.0')";

function isListening(): boolean {
  const [program = "", ...words] = [...network.prefix, "cat", "/proc/net/tcp"];
  return execFileSync(program, words, { encoding: "utf8" }).includes(":1267 ");
}

function knock(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 4711 });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}
