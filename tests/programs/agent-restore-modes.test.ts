import { type ChildProcess, execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RestoreOrder, RestoreTarget } from "~/protocol/v1";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { compareTrees } from "~tests/support/compare-trees";
import { buildOddTree, SPARSE_BLOCKS } from "~tests/support/odd-tree";
import { sampled } from "~tests/support/sampled";
import { until } from "~tests/support/until";

let lab: AgentLab;
let allowed: string;
let agent: ChildProcess;
let jobs = 0;

beforeAll(async () => {
  lab = await startAgentLab();
  allowed = join(lab.folder, "allowed");
  mkdirSync(allowed);
  await lab.enrol("--restore-path", allowed);
  const file = join(lab.dir, "policy.json");
  const policy = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...policy, restoreToOriginal: true }));
  agent = lab.startAgent();
});
afterAll(() => lab.stop());

async function backUp(...sources: string[]) {
  const jobId = `b${++jobs}`;
  lab.server.orders.push(lab.backupOrder(jobId, sources));
  const end = await lab.server.end(jobId);
  if (end.result?.kind !== "backup" || !end.result.archive) throw new Error(JSON.stringify(end));
  const { borgId, name } = end.result.archive;
  return { borgId, name };
}

async function restore(archive: RestoreOrder["archive"], more: Partial<RestoreOrder>) {
  const jobId = `r${++jobs}`;
  lab.server.orders.push(lab.restoreOrder(jobId, archive, more));
  const end = await lab.server.end(jobId);
  return { jobId, end, result: end.result?.kind === "restore" ? end.result : null };
}

/** A tree of its own below the lab's folder, and what it is called in an archive. */
function tree(name: string, files: Record<string, string>) {
  const folder = join(lab.folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
const folderTarget = (name: string): RestoreTarget => ({ kind: "folder", path: join(allowed, name) });
const left = (folder: string) => readdirSync(folder).filter((name) => name.startsWith(".bbs-restore"));

const EQUALITY = (["original", "folder", "restore-folder"] as const).flatMap((kind) =>
  (["overwrite", "keep-both", "only-missing"] as const).map((existing) => ({ kind, existing })),
);

it("brings the odd tree back as it was, to every target in every mode", async () => {
  const source = join(lab.folder, "odd");
  buildOddTree(source);
  const archive = await backUp(source);
  for (const { kind, existing } of sampled(EQUALITY, 3)) {
    const aside = join(lab.folder, "aside");
    const target: RestoreTarget = kind === "folder" ? folderTarget(`odd-${existing}`) : { kind };
    if (kind === "original") renameSync(source, aside);
    const { jobId, end } = await restore(archive, { target, existing });
    expect(end, `${kind} ${existing}`).toMatchObject({ state: "succeeded", result: { skippedCount: 0 } });
    const top = {
      original: "/",
      folder: join(allowed, `odd-${existing}`),
      "restore-folder": join(lab.dir, "restored", jobId),
    }[kind];
    const before = kind === "original" ? aside : source;
    expect(compareTrees(before, join(top, source), { blocks: SPARSE_BLOCKS }).differences).toEqual([]);
    expect(left(top)).toEqual([]);
    if (kind === "original") rmSync(aside, { recursive: true });
  }
});

it("keeps what is there and gives what comes back a name beside it, and nothing is overwritten", async () => {
  const source = tree("both", {
    "a.txt": "archive",
    "sub/b": "archive b",
    "sub/only": "archive only",
    ".rc": "x",
  });
  const archive = await backUp(source);
  const target = folderTarget("both");
  const there = join(allowed, "both", source);
  mkdirSync(join(there, "sub/b"), { recursive: true });
  writeFileSync(join(there, "a.txt"), "mine");
  writeFileSync(join(there, "sub/b/inside"), "mine too");
  utimesSync(join(there, "sub"), 1000, 1000);
  const first = await restore(archive, { target, existing: "keep-both" });
  expect(first.end).toMatchObject({
    state: "succeeded",
    result: { keptBoth: 2, replaced: 0, waitsIn: null },
  });
  expect(readFileSync(join(there, "a.txt"), "utf8")).toBe("mine");
  expect(readFileSync(join(there, "sub/b/inside"), "utf8")).toBe("mine too");
  expect(readFileSync(join(there, "sub/only"), "utf8")).toBe("archive only");
  const beside = readdirSync(there).find((name) =>
    /^a \(restored \d{4}-\d\d-\d\d \d\d-\d\d\)\.txt$/.test(name),
  );
  expect(readFileSync(join(there, beside ?? ""), "utf8")).toBe("archive");
  await restore(archive, { target, existing: "keep-both" });
  expect(readdirSync(there).filter((name) => name.startsWith("a"))).toHaveLength(3);
  expect(left(join(allowed, "both"))).toEqual([]);
});

it("writes only what is missing", async () => {
  const source = tree("missing", {
    kept: "archive",
    lost: "archive",
    "sub/lost": "archive",
    "sub/kept": "archive",
  });
  const archive = await backUp(source);
  for (const path of ["kept", "sub/kept"]) writeFileSync(join(source, path), "changed since");
  rmSync(join(source, "lost"));
  rmSync(join(source, "sub/lost"));
  const { end } = await restore(archive, { target: { kind: "original" }, existing: "only-missing" });
  expect(end).toMatchObject({
    state: "succeeded",
    result: { files: 2, skippedCount: 2, skippedBy: [{ why: "is there already", count: 2 }] },
  });
  expect(readFileSync(join(source, "lost"), "utf8")).toBe("archive");
  expect(readFileSync(join(source, "sub/kept"), "utf8")).toBe("changed since");
  expect(left("/")).toEqual([]);
});

it("gives files to the restoring account with the usual modes, or takes owners by number", async () => {
  const source = join(lab.folder, "owned");
  buildOddTree(source);
  const archive = await backUp(source);
  const none = await restore(archive, { target: folderTarget("none"), owners: "none" });
  expect(none.end.state).toBe("warned");
  expect(none.result?.skippedBy).toEqual([
    { why: "is a device or the like, which has no usual owner", count: 1 },
  ]);
  const there = join(allowed, "none", source);
  for (const name of ["owned by daemon", "owned by a number", "setuid of daemon", "mode 0", "setgid"]) {
    const found = statSync(join(there, name));
    expect([found.uid, found.gid, found.mode & 0o7000], name).toEqual([
      process.getuid?.(),
      process.getgid?.(),
      0,
    ]);
  }
  expect(statSync(join(there, "mode 4755")).mode & 0o7777).toBe(0o700);
  expect(statSync(join(there, "mode 0")).mode & 0o7777).toBe(0o600);
  expect(
    execFileSync("getfattr", ["-R", "-h", "-d", "-m", "-", "--", there], {
      stdio: ["ignore", "pipe", "ignore"],
    }).toString(),
  ).toBe("");
  const numeric = await restore(archive, { target: folderTarget("numeric"), owners: "numeric" });
  expect(numeric.end.state).toBe("succeeded");
  expect(
    compareTrees(source, join(allowed, "numeric", source), { blocks: SPARSE_BLOCKS }).differences,
  ).toEqual([]);
});

it("tells in a dry run what it would do, and writes nothing", async () => {
  const source = tree("dry", { "new": "12345", there: "123", "behind/link": "1" });
  const archive = await backUp(source);
  const nothing = await restore(archive, { target: folderTarget("dry-new"), dryRun: true });
  expect(nothing.result?.wouldWrite).toMatchObject({
    create: { files: 3, bytes: 9 },
    replace: { files: 0 },
    directories: 2,
  });
  expect(existsSync(join(allowed, "dry-new"))).toBe(false);
  const there = join(allowed, "dry", source);
  mkdirSync(there, { recursive: true });
  writeFileSync(join(there, "there"), "mine");
  symlinkSync("/etc", join(there, "behind"));
  const before = execFileSync("find", [allowed, "-ls"]).toString();
  for (const [existing, key] of [
    ["overwrite", "replace"],
    ["keep-both", "keepBoth"],
    ["only-missing", "skip"],
  ] as const) {
    const { end, result } = await restore(archive, { target: folderTarget("dry"), dryRun: true, existing });
    expect(end.state).toBe("warned");
    expect(result?.wouldWrite).toMatchObject({
      create: { files: 1, bytes: 5 },
      [key]: { files: 1, bytes: 3 },
    });
    expect(result?.skippedBy).toEqual([{ why: "lies behind a link, or below a file", count: 1 }]);
  }
  expect(execFileSync("find", [allowed, "-ls"]).toString()).toBe(before);
});

it("writes parts in their order, so that of one path the last one stays", async () => {
  const source = tree("parts", { old: "first", both: "first" });
  const first = await backUp(source);
  writeFileSync(join(source, "both"), "second");
  writeFileSync(join(source, "new"), "second");
  const second = await backUp(source);
  const stored = (name: string) => Buffer.from(join(source, name).slice(1)).toString("base64");
  const { jobId, end } = await restore(first, {
    more: [{ archive: second, paths: [stored("both"), stored("new"), stored("never was")] }],
  });
  expect(end).toMatchObject({ state: "warned", result: { skippedCount: 1 } });
  const there = join(lab.dir, "restored", jobId, source);
  const texts = readdirSync(there).map((name) => [name, readFileSync(join(there, name), "utf8")]);
  expect(texts.sort()).toEqual([
    ["both", "second"],
    ["new", "second"],
    ["old", "first"],
  ]);
});

it("goes on with a restore whose agent was killed, and writes nothing again that is whole", async () => {
  const source = join(lab.folder, "large");
  const FILES = 1500;
  for (let n = 0; n < FILES; n++) {
    const folder = join(source, String(n % 10));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file ${n}`), Buffer.alloc(200_000, n));
  }
  writeFileSync(join(source, "0/linked"), "linked");
  execFileSync("ln", [join(source, "0/linked"), join(source, "9/linked")]);
  const archive = await backUp(source);
  for (const asked of sampled([{ kind: "direct" }, { kind: "staged" }] as const, 1)) {
    const target: RestoreTarget =
      asked.kind === "direct" ? { kind: "restore-folder" } : folderTarget("large");
    const existing = asked.kind === "direct" ? "overwrite" : "keep-both";
    const jobId = `r${++jobs}`;
    lab.server.orders.push(lab.restoreOrder(jobId, archive, { target, existing }));
    const top =
      asked.kind === "direct"
        ? join(lab.dir, "restored", jobId)
        : join(allowed, "large", `.bbs-restore-${jobId}`);
    const written = () =>
      existsSync(top) ? Number(execFileSync("sh", ["-c", `find "${top}" -type f | wc -l`])) : 0;
    await until("some of it is written", () => written() > 200);
    agent.kill("SIGKILL");
    agent = lab.startAgent();
    const cut = await lab.server.end(jobId);
    expect(cut).toMatchObject({ state: "failed", problem: { code: "agent-restarted" } });
    const { end, result } = await restore(archive, { target, existing, resume: jobId });
    expect(end.state).toBe("succeeded");
    const whole = result?.resumed?.files ?? 0;
    expect(whole).toBeGreaterThan(100);
    expect((result?.files ?? 0) + whole).toBe(FILES + 2);
    const place = asked.kind === "direct" ? top : join(allowed, "large");
    expect(compareTrees(source, join(place, source)).differences).toEqual([]);
    expect(left(place)).toEqual([]);
    const again = await restore(archive, { target, existing, resume: jobId });
    expect(again.end).toMatchObject({ state: "failed", problem: { code: "agent-fault" } });
  }
});

it("says after a cancel what was written, and that nothing is in its place yet", async () => {
  const source = join(lab.folder, "large");
  const archive = await backUp(source);
  const jobId = `r${++jobs}`;
  const target = folderTarget("cancelled");
  lab.server.orders.push(lab.restoreOrder(jobId, archive, { target, existing: "only-missing" }));
  const stage = join(allowed, "cancelled", `.bbs-restore-${jobId}`);
  await until("it writes", () => existsSync(join(stage, source)));
  lab.server.cancel.add(jobId);
  const end = await lab.server.end(jobId);
  expect(end).toMatchObject({ state: "cancelled", result: { kind: "restore", waitsIn: stage } });
  const result = end.result?.kind === "restore" ? end.result : null;
  expect(result?.written?.paths.length).toBeGreaterThan(0);
  const listed = readFileSync(result?.written?.list ?? "", "utf8")
    .trim()
    .split("\n");
  for (const path of listed) expect(lstatSync(join(stage, path)).isSymbolicLink()).toBe(false);
  expect(readdirSync(join(allowed, "cancelled"))).toEqual([`.bbs-restore-${jobId}`]);
  const resumed = await restore(archive, { target, existing: "only-missing", resume: jobId });
  expect(resumed.end.state).toBe("succeeded");
  expect(compareTrees(source, join(allowed, "cancelled", source)).differences).toEqual([]);
});
