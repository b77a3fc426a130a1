import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { compareTrees } from "~tests/support/compare-trees";
import { inside } from "~tests/support/odd-tree";

let lab: AgentLab;
let archive: { borgId: string; name: string };
let source: string;
let policyFile: string;
let policy: Record<string, unknown>;
let jobs = 0;

beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol("--restore-path", join(lab.folder, "elsewhere"));
  policyFile = join(lab.dir, "policy.json");
  policy = JSON.parse(readFileSync(policyFile, "utf8"));
  source = join(lab.folder, "source");
  mkdirSync(join(source, "sub/deep"), { recursive: true });
  for (const name of oddNames) writeFileSync(inside(`${source}/sub`, name), Buffer.from(name));
  writeFileSync(join(source, "sub/deep/file"), "deep");
  lab.startAgent();
  lab.server.orders.push(lab.backupOrder("made", [source]));
  const end = await lab.server.end("made");
  if (end.result?.kind !== "backup" || !end.result.archive) throw new Error(JSON.stringify(end));
  archive = end.result.archive;
});
beforeEach(() => writeFileSync(policyFile, JSON.stringify(policy)));
afterAll(() => lab.stop());

const oddNames = [
  Buffer.from("new\nline"),
  Buffer.from("bad\xff\xfe", "latin1"),
  Buffer.from("bad\xfe\xff", "latin1"),
  Buffer.from('it\'s "quoted" $(id)'),
  Buffer.from("-rf"),
  Buffer.from("*"),
  Buffer.from("n".repeat(250)),
];

const stored = (...parts: (string | Buffer)[]) =>
  Buffer.concat([
    Buffer.from(source.slice(1)),
    ...parts.flatMap((part) => [Buffer.from("/"), Buffer.from(part)]),
  ]).toString("base64");

async function restore(more: Parameters<AgentLab["restoreOrder"]>[2] = {}, from = archive) {
  const jobId = `j${++jobs}`;
  lab.server.orders.push(lab.restoreOrder(jobId, from, more));
  const end = await lab.server.end(jobId);
  return { jobId, end, result: end.result?.kind === "restore" ? end.result : null };
}

it("restores exactly the picked names, whatever bytes they are made of", async () => {
  const { jobId, end, result } = await restore({
    paths: oddNames.slice(1).map((name) => stored("sub", name)),
  });
  expect(end.state).toBe("succeeded");
  const target = join(lab.dir, "restored", jobId, source, "sub");
  for (const name of oddNames.slice(1)) {
    expect(readFileSync(inside(target, name))).toEqual(name);
  }
  expect(existsSync(inside(target, oddNames[0] ?? ""))).toBe(false);
  expect(existsSync(join(target, "deep"))).toBe(false);
  const bytes = oddNames.slice(1).reduce((sum, name) => sum + name.length, 0);
  expect(result).toMatchObject({ files: oddNames.length - 1, directories: 0, bytes, skippedCount: 0 });
});

it("says which picked path is not in the archive, and fails when none is", async () => {
  const some = await restore({ paths: [stored("sub", "deep"), stored("gone")] });
  expect(some.end).toMatchObject({ state: "warned", result: { files: 1, directories: 1, skippedCount: 1 } });
  expect(some.result?.skipped[0]).toEqual({ path: `${source.slice(1)}/gone`, why: "is not in the archive" });
  const none = await restore({ paths: [stored("gone")] });
  expect(none.end).toMatchObject({ state: "failed", result: { files: 0 } });
});

it("restores into a folder that the policy lists, and nowhere else", async () => {
  const allowed = join(lab.folder, "elsewhere");
  const good = await restore({ target: { kind: "folder", path: join(allowed, "new/one") } });
  expect(good.end.state).toBe("succeeded");
  expect(compareTrees(source, join(allowed, "new/one", source)).differences).toEqual([]);

  symlinkSync("/etc", join(allowed, "link"));
  symlinkSync(join(lab.folder, "not-there-yet"), join(allowed, "dangling"));
  for (const path of [
    "/etc/x",
    join(allowed, "link/x"),
    join(allowed, "dangling/x"),
    `${allowed}/../x`,
    `${allowed}x`,
    "/",
  ]) {
    const refused = await restore({ target: { kind: "folder", path } });
    expect(refused.end, path).toMatchObject({ state: "failed", problem: { code: "policy-forbids-target" } });
  }
  expect(existsSync(join(lab.folder, "not-there-yet"))).toBe(false);
});

it("restores to original places only when the policy says so and the agent made the archive", async () => {
  const refused = await restore({ target: { kind: "original" } });
  expect(refused.end).toMatchObject({ state: "failed", problem: { code: "policy-forbids-target" } });

  writeFileSync(policyFile, JSON.stringify({ ...policy, restoreToOriginal: true }));
  lab.borg("create", `${lab.repository}::forged`, "/etc/hostname");
  const { id } = JSON.parse(lab.borg("info", "--json", `${lab.repository}::forged`)).archives[0];
  const forged = await restore({ target: { kind: "original" } }, { borgId: id, name: "forged" });
  expect(forged.end).toMatchObject({ state: "failed", problem: { code: "archive-not-made-here" } });
  // The id of our own archive with the name of the other one.
  const mixed = await restore({ target: { kind: "original" } }, { borgId: archive.borgId, name: "forged" });
  expect(mixed.end).toMatchObject({ state: "failed", problem: { code: "archive-missing" } });

  const copy = join(lab.folder, "copy");
  execFileSync("cp", ["-a", source, copy]);
  rmSync(join(source, "sub/deep"), { recursive: true });
  writeFileSync(inside(`${source}/sub`, "-rf"), "overwritten");
  const back = await restore({ target: { kind: "original" } });
  expect(back.end).toMatchObject({ state: "succeeded", result: { writtenTo: "/", skippedCount: 0 } });
  expect(compareTrees(copy, source).differences).toEqual([]);
});

it("refuses an archive that is gone, and a path that no archive holds", async () => {
  const gone = await restore({}, { borgId: "0".repeat(64), name: "never-was" });
  expect(gone.end).toMatchObject({ state: "failed", problem: { code: "archive-missing" } });
  const outside = await restore({ paths: [Buffer.from("a/../../etc").toString("base64")] });
  expect(outside.end).toMatchObject({ state: "failed", problem: { code: "agent-fault" } });
});

it("ends a restore before it fills the disk, and does not call it done", async () => {
  const small = join(lab.folder, "small");
  mkdirSync(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=200m", "tmpfs", small]);
  try {
    writeFileSync(policyFile, JSON.stringify({ ...policy, restoreFolder: small }));
    const big = join(lab.folder, "big");
    execFileSync("dd", ["if=/dev/urandom", `of=${big}`, "bs=1M", "count=250"], { stdio: "ignore" });
    lab.server.orders.push(lab.backupOrder("big", [big]));
    const made = await lab.server.end("big");
    rmSync(big);
    if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
    const { end } = await restore({}, made.result.archive);
    expect(end).toMatchObject({ state: "failed", problem: { code: "disk-full" } });
  } finally {
    execFileSync("umount", [small]);
  }
});

it("writes the restore folder for its own account only", async () => {
  const { jobId } = await restore({ paths: [stored("sub", "deep")] });
  expect(lstatSync(join(lab.dir, "restored", jobId)).mode & 0o777).toBe(0o700);
});

it("does not follow a forged archive out of the restore folder", async () => {
  const victim = join(lab.folder, "victim");
  mkdirSync(victim);
  const tar = join(lab.folder, "forged.tar");
  execFileSync("python3", ["-c", FORGE, tar, victim]);
  lab.borg("import-tar", `${lab.repository}::forged-links`, tar);
  const { id } = JSON.parse(lab.borg("info", "--json", `${lab.repository}::forged-links`)).archives[0];
  const { end } = await restore({}, { borgId: id, name: "forged-links" });
  expect(end.state).not.toBe("succeeded");
  expect(readdirSync(victim)).toEqual([]);
  expect(end.result).toMatchObject({ kind: "restore" });
});

it("refuses as root where no mount namespace is to be had, until the machine's own policy says otherwise", async () => {
  await lab.stopAgents();
  lab.startAgent(["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]);
  const { end } = await restore({ paths: [stored("sub", "deep")] });
  expect(end).toMatchObject({ state: "failed", problem: { code: "policy-forbids-target" } });
  expect(end.problem?.say).toContain("restoreUnconfined");
  writeFileSync(policyFile, JSON.stringify({ ...policy, restoreUnconfined: true }));
  expect((await restore({ paths: [stored("sub", "deep")] })).end).toMatchObject({ state: "succeeded" });
  await lab.stopAgents();
  lab.startAgent();
});

/** An archive that a machine never makes: names below links, and a way out through the process folder of another. */
const FORGE = `
import io, sys, tarfile
tar = tarfile.open(sys.argv[1], "w")
def link(name, to):
    entry = tarfile.TarInfo(name); entry.type = tarfile.SYMTYPE; entry.linkname = to; tar.addfile(entry)
def file(name):
    entry = tarfile.TarInfo(name); entry.size = 4; tar.addfile(entry, io.BytesIO(b"evil"))
link("x", sys.argv[2]); file("x/evil")
link("y", "/proc/1/root" + sys.argv[2]); file("y/evil-by-proc")
file("a/../../../../victim/evil-by-dots")
file("good")
tar.close()
`;

it("tells how far it is inside a large file, without borg going through everything beforehand", async () => {
  const large = join(lab.folder, "large");
  mkdirSync(large);
  const size = 400 * 1024 * 1024;
  execFileSync("openssl", ["rand", "-out", join(large, "image"), String(size)]);
  lab.server.orders.push(lab.backupOrder("large", [large]));
  const made = await lab.server.end("large");
  if (made.result?.kind !== "backup" || !made.result.archive) throw new Error(JSON.stringify(made));
  const totals = { files: 1, bytes: size };
  const { jobId, end, result } = await restore({ totals }, made.result.archive);
  expect(end.state).toBe("succeeded");
  expect(result?.bytes).toBe(size);
  expect(result?.command).not.toContain("--progress");
  const told = lab.server.reports
    .filter((entry) => entry.jobId === jobId)
    .flatMap(({ report }) => (report.progress?.phase === "extracting" ? [report.progress] : []));
  const between = told.filter(({ originalBytes }) => originalBytes > 0 && originalBytes < size);
  expect(between.length).toBeGreaterThan(0);
  for (const one of told) expect([one.totalBytes, one.totalFiles]).toEqual([size, 1]);
});
