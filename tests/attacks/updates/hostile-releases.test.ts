import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UpdateAgentOrder } from "~/protocol/agent-update";
import type { ReleaseManifest } from "~/protocol/release";
import {
  type AgentRelease,
  agentBytes,
  makeRelease,
  type ReleaseMaker,
  releaseMaker,
  updateOrder,
} from "~tests/support/agent-releases";
import { until } from "~tests/support/until";
import { NEW, OLD, QUICK, startUpdateLab, type UpdateLab } from "~tests/support/update-lab";

/** What somebody who owns the whole server, or the way to it, tries: to have this machine run a program that the makers did not sign. */
let lab: UpdateLab;
let marker: string;
/** A program that leaves a trace if it is ever started, whatever it is started for. */
let evil: Buffer;
let good: AgentRelease;
let stranger: ReleaseMaker;
let entry: Buffer;
let config: string;

beforeAll(async () => {
  lab = await startUpdateLab();
  marker = join(lab.folder, "evil-was-here");
  evil = Buffer.from(
    `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(marker)}, "");\n`,
  );
  good = makeRelease(lab.maker, NEW, await agentBytes({ version: NEW, change: QUICK }));
  stranger = releaseMaker();
  entry = readFileSync(lab.program);
  config = readFileSync(join(lab.dir, "config.json"), "utf8");
  lab.startLauncher();
  await until("it polls", () => lab.server.polls.length > 0);
});
afterAll(() => lab.stop());

let jobs = 0;

/** Sends an order and answers what became of it. `served`: what the server hands out under the hash that was asked for. */
async function attack(order: Partial<UpdateAgentOrder>, served?: Buffer) {
  const jobId = `h${++jobs}`;
  const whole = { ...updateOrder(jobId, good), ...order };
  const path = `/api/agent/v1/release-files/${whole.fileSha256}`;
  lab.server.files.delete(path);
  if (served) lab.server.files.set(path, served);
  lab.server.orders.push(whole);
  const { state, problem } = await lab.server.end(jobId);
  expect(problem?.say).toMatch(/Nothing was (installed|downloaded)/);
  return `${state} ${problem?.code}`;
}

const by = (maker: ReleaseMaker, change: Partial<ReleaseManifest> = {}, file = evil, version = NEW) =>
  makeRelease(maker, version, file, change);
const orderOf = (release: AgentRelease) => updateOrder("x", release);
const without = ({ jobId: _, lease: _lease, kind: _kind, ...rest }: UpdateAgentOrder) => rest;
const offered = (release: AgentRelease) => without(orderOf(release));

const ATTACKS: [name: string, expected: string, run: () => Promise<string>][] = [
  [
    "an unsigned release",
    "release-unsigned",
    () => attack({ ...offered(by(stranger)), signatures: [] }, evil),
  ],
  ["a release signed by another key", "release-unknown-key", () => attack(offered(by(stranger)), evil)],
  [
    "another key's signature under the name of the trusted key",
    "release-bad-signature",
    () => {
      const release = by(stranger);
      const [known] = by(lab.maker).signatures;
      const [forged] = release.signatures;
      if (!known || !forged) throw new TypeError("signatures");
      return attack({ ...offered(release), signatures: [{ ...forged, keyId: known.keyId }] }, evil);
    },
  ],
  [
    "a list that was changed after it was signed",
    "release-bad-signature",
    () => {
      const text = good.manifest
        .toString()
        .replace(good.sha256, createHash("sha256").update(evil).digest("hex"));
      return attack({ manifest: Buffer.from(text).toString("base64") }, evil);
    },
  ],
  [
    "a signature of the trusted key that was made for something else",
    "release-bad-signature",
    () => attack({ signatures: [lab.maker.signBare(good.manifest)] }, good.file),
  ],
  [
    "signed bytes that are no list of a release",
    "release-bad-signature",
    () => {
      const manifest = Buffer.from("#!/bin/sh\n");
      return attack({ manifest: manifest.toString("base64"), signatures: [lab.maker.sign(manifest)] }, evil);
    },
  ],
  [
    "a list whose file has a path for a name",
    "release-bad-signature",
    () => {
      const file = { name: "../../../etc/cron.d/x", kind: "agent", platform: "any", arch: "any" } as const;
      const sha256 = createHash("sha256").update(evil).digest("hex");
      return attack(offered(by(lab.maker, { files: [{ ...file, size: evil.length, sha256 }] })), evil);
    },
  ],
  [
    "an older release, truly signed, played again",
    "release-downgrade",
    () => attack(offered(by(lab.maker, {}, evil, "0.0.9")), evil),
  ],
  [
    "a release too far ahead for one step",
    "release-too-far",
    () => attack(offered(by(lab.maker, { minimum: { agent: "98.0.0", server: "0.1.0" } })), evil),
  ],
  [
    "another file of the same release",
    "release-wrong-file",
    () => {
      const agent = { name: "bbs-agent.mjs", kind: "agent", platform: "any", arch: "any" } as const;
      const server = { ...agent, name: "server.tar", kind: "server" } as const;
      const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
      const files = [
        { ...agent, size: good.file.length, sha256: good.sha256 },
        { ...server, size: evil.length, sha256: hash(evil) },
      ];
      return attack({ ...offered(by(lab.maker, { files })), fileSha256: hash(evil) }, evil);
    },
  ],
  [
    "a file for another kind of machine",
    "release-wrong-file",
    () => {
      const sha256 = createHash("sha256").update(evil).digest("hex");
      const file = { name: "agent.exe", kind: "agent", platform: "win32", arch: "x64" } as const;
      return attack(offered(by(lab.maker, { files: [{ ...file, size: evil.length, sha256 }] })), evil);
    },
  ],
  [
    "a release of borg in place of one of the agent",
    "release-wrong-file",
    () => {
      const sha256 = createHash("sha256").update(evil).digest("hex");
      const file = { name: "borg", kind: "borg", platform: "any", arch: "any" } as const;
      const files = [{ ...file, size: evil.length, sha256 }];
      return attack(offered(by(lab.maker, { product: "borg", files })), evil);
    },
  ],
  [
    "other bytes of the same length under the signed hash",
    "release-wrong-file",
    () => attack({}, Buffer.concat([evil, Buffer.alloc(good.file.length - evil.length, 0x0a)])),
  ],
  ["a longer file", "release-wrong-file", () => attack({}, Buffer.concat([good.file, evil]))],
  ["a shorter file", "release-truncated", () => attack({}, good.file.subarray(0, -100))],
  [
    "a download that is cut off",
    "connection-lost",
    () => {
      lab.server.cutFiles = true;
      return attack({}, good.file).finally(() => {
        lab.server.cutFiles = false;
      });
    },
  ],
  ["a file that the server does not hand out", "release-truncated", () => attack({})],
];

it.each(ATTACKS)("refuses and reports %s", async (_, expected, run) => {
  expect(await run()).toBe(`failed ${expected}`);
  expect(existsSync(marker)).toBe(false);
  expect(lab.versions()).toEqual([]);
  expect(lab.current()).toBeNull();
  expect(readFileSync(lab.program).equals(entry)).toBe(true);
  expect(readFileSync(join(lab.dir, "config.json"), "utf8")).toBe(config);
  const trust = JSON.parse(readFileSync(join(lab.dir, "release.json"), "utf8"));
  expect(trust).toEqual({ keys: [lab.maker.key], floor: OLD });
});

it("still takes the true release afterwards, and then nothing older than that", async () => {
  lab.offer("true", good);
  expect((await lab.settled("true", NEW)).state).toBe("succeeded");
  const older = makeRelease(lab.maker, "98.9.9", evil);
  lab.offer("older", older);
  expect((await lab.server.end("older")).problem?.code).toBe("release-downgrade");
  expect(existsSync(marker)).toBe(false);
});

it("goes over to the makers' next key by the word of the old one, and then refuses the old one", async () => {
  const next = releaseMaker();
  const bytes = await agentBytes({ version: "99.1.0", change: QUICK });
  const withVersion = (version: string) =>
    Buffer.from(bytes.toString("latin1").replaceAll("99.1.0", version), "latin1");
  lab.offer("r1", makeRelease(lab.maker, "99.1.0", bytes, { nextKey: next.key }));
  expect((await lab.settled("r1", "99.1.0")).state).toBe("succeeded");
  lab.offer("r2", makeRelease(next, "99.2.0", withVersion("99.2.0")));
  expect((await lab.settled("r2", "99.2.0")).state).toBe("succeeded");
  lab.offer("r3", makeRelease(lab.maker, "99.3.0", evil));
  expect((await lab.server.end("r3")).problem?.code).toBe("release-unknown-key");
  expect(existsSync(marker)).toBe(false);
});

it("an agent that trusts no key refuses every release and says how to pin one; a person on the machine can", async () => {
  const file = join(lab.dir, "release.json");
  rmSync(file);
  lab.offer("none", makeRelease(lab.maker, "99.4.0", evil));
  const { problem } = await lab.server.end("none");
  expect(problem?.code).toBe("release-unknown-key");
  expect(problem?.say).toContain("bbs-agent trust-release-key KEY");
  expect(existsSync(marker)).toBe(false);
  const own = releaseMaker();
  expect((await lab.agent("trust-release-key", "not a key")).code).toBe(1);
  const said = await lab.agent("trust-release-key", own.key);
  expect(said.out).toContain("Releases have to be signed by the key");
  expect((await lab.agent("status")).out).toContain("Releases  from 99.2.0 on, signed by");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ keys: [own.key], floor: "99.2.0" });
});
