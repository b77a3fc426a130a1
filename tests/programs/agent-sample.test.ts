import { createHmac } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BackupOrder } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";

let lab: AgentLab;
let tree = "";
const seed = "0123456789abcdef0123456789abcdef";
const ODD = Buffer.from([0x6f, 0x64, 0x64, 0xff]);

beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  tree = join(lab.folder, "tree");
  for (const name of ["plain", "left", "cached", "tagged"]) mkdirSync(join(tree, name), { recursive: true });
  for (let at = 0; at < 40; at++) writeFileSync(join(tree, "plain", `file-${at}`), `contents ${at}`);
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/plain/`), ODD]), "not UTF-8");
  writeFileSync(join(tree, "left", "file"), "left out");
  writeFileSync(join(tree, "cached", "CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n");
  writeFileSync(join(tree, "cached", "file"), "a cache");
  writeFileSync(join(tree, "tagged", ".nobackup"), "");
  writeFileSync(join(tree, "tagged", "file"), "tagged");
  writeFileSync(join(tree, "empty"), "");
  writeFileSync(join(tree, "canary"), "a canary");
  symlinkSync("/etc/passwd", join(tree, "link"));
  lab.startAgent();
  // What changed within the last ticks of a file system's clock could change again without a trace.
  await wait(2100);
});
afterAll(() => lab.stop());

let count = 0;
async function sampleOf(more: Partial<BackupOrder> & { sample: BackupOrder["sample"] }) {
  const jobId = `s${++count}`;
  lab.server.orders.push(lab.backupOrder(jobId, [tree], more));
  const ended = await lab.server.end(jobId);
  const result = ended.result?.kind === "backup" ? ended.result : null;
  if (!result?.sample) throw new Error(`no sample: ${JSON.stringify(ended)}`);
  const listed = lab.borg("list", "--format", "{bpath}{NUL}", `${lab.repository}::lab-${jobId}`);
  return { ...result.sample, jobId, state: ended.state, listed };
}

const nameOf = ({ path }: { path: string }) => Buffer.from(path, "base64").toString("latin1");
const stored = (path: string) => Buffer.from(path.slice(1)).toString("base64");

describe("the sample of a backup", () => {
  it("holds salted hashes of live files that are in the archive, and of nothing that the plan leaves out", async () => {
    const sample = await sampleOf({
      ...{ excludes: [join(tree, "left")], excludeCaches: true },
      sample: { seed, files: 60, canaries: [join(tree, "canary")] },
      borgOptions: {
        ...{
          uploadKibPerSecond: null,
          checkpointSeconds: null,
          filesCache: "ctime,size,inode",
          numericIds: false,
        },
        ...{ noAcls: false, noXattrs: false, noFlags: false, sparse: false, keepExcludeTags: false },
        excludeIfPresent: [".nobackup"],
      },
    });
    expect(sample).toMatchObject({ state: "succeeded", seed, withoutHash: [], dropped: 0 });
    expect(sample.files.length).toBeGreaterThan(20);
    expect(new Set(sample.files.map(nameOf)).size).toBe(sample.files.length);
    const salt = Buffer.from(sample.salt, "base64");
    expect(salt).toHaveLength(32);
    for (const file of sample.files) {
      const contents = readFileSync(Buffer.concat([Buffer.from("/"), Buffer.from(file.path, "base64")]));
      expect(file).toMatchObject({
        ...{ bytes: contents.length, hash: createHmac("sha256", salt).update(contents).digest("hex") },
      });
      expect(nameOf(file)).not.toMatch(/left|cached|tagged|empty|link/);
    }
    expect(sample.files.filter(({ canary }) => canary).map(nameOf)).toEqual([join(tree, "canary").slice(1)]);
  });

  it("counts no file that changed while it was backed up, and says why a canary has no hash", async () => {
    const folder = join(tree, "busy");
    mkdirSync(folder);
    for (const name of ["grows", "goes", "touched", "steady"]) writeFileSync(join(folder, name), name);
    // Long enough for the changes below to come between.
    writeFileSync(join(folder, "ballast"), Buffer.alloc(200_000_000, 7));
    writeFileSync(join(tree, "fresh"), "later");
    await wait(2100);
    writeFileSync(join(tree, "fresh"), "just now");
    const changing = wait(300).then(() => {
      appendFileSync(join(folder, "grows"), "more");
      rmSync(join(folder, "goes"));
      utimesSync(join(folder, "touched"), 1, 1);
    });
    const canaries = ["grows", "goes", "touched", "steady", "never"].map((name) => join(folder, name));
    const sample = await sampleOf({
      compression: "zlib,9",
      sample: { seed, files: 0, canaries: [...canaries, join(tree, "fresh"), "/etc/hostname"] },
    });
    await changing;
    expect(sample.files.map(nameOf)).toEqual([join(folder, "steady").slice(1)]);
    const why = Object.fromEntries(sample.withoutHash.map((one) => [one.path, one.why]));
    expect(why).toEqual({
      [stored(join(folder, "grows"))]: "changed",
      [stored(join(folder, "goes"))]: "missing",
      [stored(join(folder, "touched"))]: "changed",
      [stored(join(folder, "never"))]: "missing",
      [stored(join(tree, "fresh"))]: "changed",
      [stored("/etc/hostname")]: "left-out",
    });
    rmSync(folder, { recursive: true });
  });
});
