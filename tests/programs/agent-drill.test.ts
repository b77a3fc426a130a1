import type { ChildProcess } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DrillOrder } from "~/protocol/restore-drill";
import type { RestoreOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

/** The agent's part of a drill onto another machine: what comes is hashed as it lies there, and nothing of it stays, whatever happens. */
const SALT = Buffer.alloc(32, 7);
const ODD = Buffer.from([0x6f, 0xff, 0x2a]);
let lab: AgentLab;
let tree = "";
let archive: RestoreOrder["archive"];
let agent: ChildProcess;
let jobs = 0;

beforeAll(async () => {
  lab = await startAgentLab();
  tree = join(lab.folder, "tree");
  mkdirSync(join(tree, "sub"), { recursive: true });
  writeFileSync(join(tree, "plain"), "contents\n".repeat(9000));
  writeFileSync(join(tree, "sub", "secret"), "only its owner may read it", { mode: 0o000 });
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), ODD]), "no text is its name");
  linkSync(join(tree, "plain"), join(tree, "sub", "second name"));
  symlinkSync("/etc", join(tree, "link"));
  await lab.enrol();
  agent = lab.startAgent();
  lab.server.orders.push(lab.backupOrder("b1", [tree]));
  const made = await lab.server.end("b1");
  if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
  archive = { borgId: made.result.archive.borgId, name: made.result.archive.name };
});
afterAll(() => lab.stop());

const restored = () => join(lab.dir, "restored");
const left = () => (existsSync(restored()) ? readdirSync(restored()) : []);
const stored = (name: string | Buffer) =>
  Buffer.concat([Buffer.from(`${tree.slice(1)}/`), Buffer.from(name)]).toString("base64");
const hmac = (contents: Buffer) => createHmac("sha256", SALT).update(contents).digest("hex");
const live = (name: string | Buffer) =>
  readFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name)]));

function order(drill: DrillOrder, more: Partial<RestoreOrder> = {}): string {
  const jobId = `d${++jobs}`;
  lab.server.orders.push(lab.restoreOrder(jobId, archive, { drill, ...more }));
  return jobId;
}

async function drilled(drill: DrillOrder, more: Partial<RestoreOrder> = {}) {
  const end = await lab.server.end(order(drill, more));
  return { end, result: end.result?.kind === "restore" ? end.result : null };
}

const asked = (...names: (string | Buffer)[]): DrillOrder => ({
  sample: { salt: SALT.toString("base64"), paths: names.map(stored) },
  everything: false,
});

it("tells the hashes of what came, whatever its name and mode, and removes it", async () => {
  const { end, result } = await drilled(asked("plain", ODD, "sub/secret", "sub/second name", "never there"));
  expect(end, JSON.stringify(end)).toMatchObject({ state: "succeeded" });
  expect(result).toMatchObject({ writtenTo: null, drilled: { everything: null, left: null } });
  const told = new Map(result?.drilled?.files.map(({ path, hash }) => [path, hash]));
  const names = ["plain", ODD, "sub/secret", "sub/second name"];
  expect(told).toEqual(new Map(names.map((name) => [stored(name), hmac(live(name))])));
  expect(result?.drilled?.milliseconds).toBeGreaterThan(0);
  expect(left()).toEqual([]);
  expect(readdirSync(join(lab.dir, "state/aftermath"))).toEqual([]);
  expect(lab.server.polls.at(-1)?.machine.abilities).toContain("restore-drill");
});

it("hashes everything into one digest, by folders and names in the order of their bytes", async () => {
  const { result } = await drilled({ everything: true });
  const list = createHash("sha256");
  let bytes = 0;
  for (const name of [ODD, "plain", "sub/second name", "sub/secret"]) {
    const contents = live(name);
    bytes += contents.length;
    list.update(Buffer.from(stored(name), "base64"));
    list.update(`\0${contents.length}\0${createHash("sha256").update(contents).digest("hex")}\n`);
  }
  expect(result?.drilled).toMatchObject({
    files: [],
    everything: { files: 4, bytes, unreadable: 0, listDigest: list.digest("hex") },
  });
  expect(left()).toEqual([]);
});

it("follows no link out of what came: an order learns nothing of other files of the machine", async () => {
  const { result } = await drilled(asked("link/hostname", "link"));
  expect(result?.drilled?.files).toEqual([]);
  expect(existsSync("/etc/hostname")).toBe(true);
});

it("touches nothing that lies in the restore folder already", async () => {
  const kept = join(restored(), ".bbs-drill-mine");
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, "file"), "mine");
  await drilled(asked("plain"));
  expect(readFileSync(join(kept, "file"), "utf8")).toBe("mine");
  rmSync(kept, { recursive: true });
});

it("goes only where the machine's own policy lets restores go", async () => {
  const file = join(lab.dir, "policy.json");
  chmodSync(file, 0o622);
  const { end } = await drilled(asked("plain"));
  chmodSync(file, 0o600);
  expect(end).toMatchObject({ state: "failed", problem: { code: "policy-forbids-target" } });
});

/** A borg that waits when it has extracted, so that a test meets the agent in the middle. */
function slowBorg(): string {
  const path = join(lab.folder, "slow-borg");
  const script = `#!/bin/sh\nborg "$@"\ncode=$?\ncase " $* " in *" extract "*) exec sleep 30 ;; esac\nexit $code\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

it("leaves nothing after a cancel, and nothing after a kill -9 once the agent runs again", async () => {
  changePolicy(lab, { borg: slowBorg() });
  const inTheMiddle = () => left().some((name) => existsSync(join(restored(), name, tree.slice(1), "plain")));
  const cancelled = order(asked("plain"));
  await until("the files are there", inTheMiddle);
  lab.server.cancel.add(cancelled);
  expect(await lab.server.end(cancelled)).toMatchObject({ state: "cancelled" });
  expect(left()).toEqual([]);

  const killed = order(asked("plain"));
  await until("the files are there again", inTheMiddle);
  const [name] = left();
  const gone = new Promise((resolve) => agent.once("exit", resolve));
  agent.kill("SIGKILL");
  await gone;
  expect(left()).toEqual([name]);
  lab.startAgent();
  expect(await lab.server.end(killed)).toMatchObject({
    state: "failed",
    problem: { code: "agent-restarted", say: expect.stringContaining("for the drill is removed") },
  });
  await until("nothing is left", () => left().length === 0);
  expect(readdirSync(join(lab.dir, "state/aftermath"))).toEqual([]);
});
