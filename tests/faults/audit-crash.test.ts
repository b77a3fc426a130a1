import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampled } from "~tests/support/sampled";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** kill -9 of the keeper at each step of an audit: the next keeper comes to the same end, and nobody is accused or forgotten. */
let node: StorageNode;
let client: TestClient;
let repository: TestRepository;
let archives = 0;

beforeAll(async () => {
  node = await startStorageNode({ audits: false, crashing: true, layers: { gate: false } });
  client = await node.addClient();
  repository = await client.addRepository();
});
afterAll(() => node.stop());

const ids = () => ({ clientId: client.id, repositoryId: repository.id });
const audit = () => node.keeper("audit-repository", { ...ids(), passphrase: repository.passphrase });
const ledger = async () =>
  (await node.keeper("list-ledger", { ...ids(), afterRevision: 0, limit: 1000 })).archives;

async function run(...args: string[]) {
  expect(await client.borg(repository, args)).toMatchObject({ code: 0 });
  await until("the session has ended", async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions.every(
      (session) => session.endedAt !== null,
    ),
  );
}

/** The keeper dies in this call at `step`; then it is started again. */
async function dieAt(step: string, call: () => Promise<unknown>) {
  const beside = (name: string) => join(dirname(node.data), name);
  rmSync(beside("steps"), { force: true });
  writeFileSync(beside("crash-at"), step);
  await expect(call()).rejects.toThrow();
  await node.keeperIsGone();
  expect(readFileSync(beside("steps"), "utf8").trim().split("\n").at(-1)).toBe(step);
  await node.startKeeper();
}

describe("a keeper that dies in an audit", () => {
  const steps = [
    ...["audit:owned", "audit:scanned", "audit:listed", "audit:ledgered", "audit:known"],
    ...["seal:linked", "seal:copied", "seal:written", "seal:recorded", "audit:sealed"],
  ];
  it.each(sampled(steps, 5))("at %s", async (step) => {
    const name = `archive-${++archives}`;
    await run("create", `::${name}`, "/usr/share/doc/apt");
    await dieAt(step, audit);
    expect(await audit()).toMatchObject({ clean: true, sealed: true });
    const state = await node.keeper("vault-state", ids());
    expect(state).toMatchObject({ hold: null, unaudited: 0 });
    expect(state.seals).toMatchObject([{ transaction: state.auditedTransaction, archives }]);
    const entries = await ledger();
    expect(entries).toHaveLength(archives);
    expect(entries.filter((entry) => entry.name === name)).toMatchObject([{ removedAt: null }]);
    expect(entries.every((entry) => entry.session !== null)).toBe(true);
    expect((await audit()).clean).toBe(true);
  });

  it.each(["hold:placed", "hold:enforced"])("at %s: it stays held", async (step) => {
    const config = join(repository.path, "config");
    const good = readFileSync(config, "utf8");
    writeFileSync(config, good.replace(/^key = \w{4}/m, "key = AAAA"));
    await dieAt(step, audit);
    expect(readFileSync(config, "utf8")).toBe(good);
    expect(await audit()).toMatchObject({ clean: false, evidence: [{ kind: "config-changed", key: true }] });
    rmSync(join(node.data, "vault", repository.id, "hold.json"));
    expect(await audit()).toMatchObject({ clean: true });
  });
});
