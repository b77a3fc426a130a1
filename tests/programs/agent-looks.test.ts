import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BrowseResult, DryRunOrder, DryRunResult, FindGapsResult } from "~/protocol/looks";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { buildOddTree, inside } from "~tests/support/odd-tree";
import { until } from "~tests/support/until";

let lab: AgentLab;
let tree: string;
let jobs = 0;
const closing: (() => void)[] = [];

beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol("--allow-browse");
  tree = join(lab.folder, "tree");
  buildTree(tree);
  lab.startAgent();
});
afterAll(async () => {
  for (const close of closing) close();
  await lab.stop();
});

const TAG = "Signature: 8a477f597d28d172789f06886806bc55";

function buildTree(root: string): void {
  buildOddTree(join(root, "odd"));
  const write = (path: string, bytes: number) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), Buffer.alloc(bytes, 7));
  };
  for (const at of ["a", "a/b", "a/b/c", "d.tmp"]) {
    write(`${at}/one.txt`, 100);
    write(`${at}/two.tmp`, 200);
    write(`${at}/node_modules/x/index.js`, 3000);
  }
  write("big/file.bin", 5_000_000);
  write("caches/kept/data", 10);
  write("caches/real/data", 4000);
  writeFileSync(join(root, "caches/real/CACHEDIR.TAG"), TAG);
  write("caches/false/data", 50);
  writeFileSync(join(root, "caches/false/CACHEDIR.TAG"), "not a signature");
  write("marked/.nobackup", 0);
  write("marked/data/deep", 700);
  linkSync(join(root, "big/file.bin"), join(root, "big/again.bin"));
  const server = createServer().listen(join(root, "a/socket"));
  closing.push(() => server.close());
}

async function dryRun(more: Partial<DryRunOrder> = {}): Promise<DryRunResult> {
  const order = { sources: [tree], excludes: [], oneFileSystem: false, excludeCaches: false, ...more };
  const jobId = `d${++jobs}`;
  lab.server.orders.push({
    ...{ kind: "dry-run", jobId, lease: 1, excludeIfPresent: [], keepExcludeTags: false },
    ...order,
  });
  const { state, result, problem } = await lab.server.end(jobId);
  if (state !== "succeeded" || result?.kind !== "dry-run") throw new Error(problem?.say ?? state);
  return result;
}

/** What a real backup with the same settings puts into an archive. */
function backUp(more: Partial<DryRunOrder>): DryRunResult["included"] {
  const { sources = [tree], excludes = [], excludeIfPresent = [] } = more;
  const archive = `${lab.repository}::real-${++jobs}`;
  lab.borg(
    ...["create", "--compression=none"],
    ...(more.oneFileSystem ? ["--one-file-system"] : []),
    ...(more.excludeCaches ? ["--exclude-caches"] : []),
    ...excludeIfPresent.map((name) => `--exclude-if-present=${name}`),
    ...(more.keepExcludeTags ? ["--keep-exclude-tags"] : []),
    ...excludes.map((pattern) => `--exclude=${pattern}`),
    ...["--", archive, ...sources],
  );
  const lines = lab.borg("list", "--json-lines", "--format={type}{mode}{size}{linktarget}", archive).trim();
  const sum = { files: 0, directories: 0, bytes: 0 };
  for (const line of lines === "" ? [] : lines.split("\n")) {
    const item: { type: string; mode: string; size: number; linktarget: string } = JSON.parse(line);
    if (item.type === "d") sum.directories++;
    else sum.files++;
    // The second name of a hard link has the first as its target: its bytes are the same bytes.
    if (item.type === "-" && item.linktarget === "" && !item.mode.startsWith("h")) sum.bytes += item.size;
  }
  return sum;
}

it.each<[string, () => Partial<DryRunOrder>]>([
  ["nothing left out", () => ({})],
  ["names with stars, and what is in a folder", () => ({ excludes: ["*.tmp", `${tree}/a/b/`] })],
  ["folders at any depth", () => ({ excludes: ["sh:**/node_modules", `sh:${tree}/*/two.tmp`] })],
  ["paths, in full and with all below", () => ({ excludes: [`pp:${tree}/a`, `pf:${tree}/d.tmp`] })],
  ["an expression", () => ({ excludes: ["re:(one|two)\\.(txt|tmp)$"] })],
  ["several of each", () => ({ excludes: ["re:one", "re:two", "sh:**/x", "*.bin", `pf:${tree}/a/b`] })],
  ["odd names", () => ({ excludes: ["*/-rf", "fm:*line", "sh:**/pp:*", "*[?]*", "re:^.*😀"] })],
  [
    "marked folders whose marks are kept",
    () => ({ excludeCaches: true, excludeIfPresent: [".nobackup"], keepExcludeTags: true }),
  ],
  ["caches and patterns", () => ({ excludeCaches: true, excludes: ["re:real", `${tree}/marked`] })],
  ["one file system", () => ({ oneFileSystem: true })],
  [
    "sources within one another",
    () => ({ sources: [join(tree, "a/b"), tree, join(tree, "big/file.bin"), tree] }),
  ],
])("counts exactly what a real backup takes: %s", async (_title, settings) => {
  const given = settings();
  const dry = await dryRun(given);
  expect(dry.included).toEqual(backUp(given));
  expect(dry).toMatchObject({ complete: true, missing: [], problemCount: 0, unreadable: { files: 0 } });
});

it("says for every pattern what it leaves out, with what lies below it, and names examples", async () => {
  const excludes = ["*.tmp", "sh:**/node_modules", "*.never", "re:\\.bin$"];
  const whole = await dryRun();
  const dry = await dryRun({ excludes, excludeCaches: true });
  const left = new Map(dry.leftOut.map((one) => [one.pattern ?? one.why, one]));
  // d.tmp is left out as a whole: itself and what is in it.
  expect(left.get("*.tmp")).toMatchObject({ files: 3 + 3, directories: 1 + 2, bytes: 3 * 200 + 3300 });
  expect(left.get("sh:**/node_modules")).toMatchObject({ files: 3, directories: 6, bytes: 9000 });
  expect(left.get("*.never")).toMatchObject({ files: 0, directories: 0, bytes: 0, samples: [] });
  expect(left.get("re:\\.bin$")).toMatchObject({ files: 2 });
  expect(left.get("caches")).toMatchObject({ files: 2, directories: 1 });
  const samples = left.get("*.tmp")?.samples.map((path) => Buffer.from(path, "base64").toString());
  expect(samples).toContain(join(tree, "d.tmp"));
  const sums = dry.leftOut.reduce(
    (sum, one) => ({ files: sum.files + one.files, directories: sum.directories + one.directories }),
    { files: dry.included.files, directories: dry.included.directories },
  );
  expect(sums).toEqual({ files: whole.included.files, directories: whole.included.directories });
});

it("names the largest folders and files, the inner folder where it is nearly all of the outer", async () => {
  const { largestFolders, largestFiles } = await dryRun();
  const names = largestFolders.map(({ path }) => Buffer.from(path, "base64").toString());
  expect(names).toContain(join(tree, "big"));
  expect(names).not.toContain(lab.folder);
  expect(largestFiles[0]).toMatchObject({ bytes: expect.any(Number) });
  expect(largestFiles.map(({ bytes }) => bytes)).toEqual(
    largestFiles.map(({ bytes }) => bytes).sort((a, b) => b - a),
  );
});

it("tells of a directory that is not there, and does the rest", async () => {
  const dry = await dryRun({ sources: [join(tree, "big"), "/does/not/exist"] });
  expect(dry).toMatchObject({ missing: ["/does/not/exist"], included: { files: 2, directories: 1 } });
});

it("shows nothing of the agent's own folder in a dry run of everything around it", async () => {
  const dry = await dryRun({ sources: [lab.folder], excludes: [tree] });
  expect(JSON.stringify(dry)).not.toContain(Buffer.from("id_ed25519").toString("base64").slice(0, 12));
  const paths = [...dry.largestFiles, ...dry.largestFolders].map(({ path }) =>
    Buffer.from(path, "base64").toString(),
  );
  expect(paths.filter((path) => path.startsWith(lab.dir))).toEqual([]);
  expect(dry.leftOut.flatMap(({ samples }) => samples)).toEqual([Buffer.from(tree).toString("base64")]);
});

it("stops a dry run when a person cancels it, and leaves no borg behind", async () => {
  lab.server.orders.push({
    ...{ kind: "dry-run", jobId: "c1", lease: 1, sources: ["/usr", "/var"], excludes: [] },
    ...{ oneFileSystem: true, excludeCaches: false, excludeIfPresent: [], keepExcludeTags: false },
  });
  await until("it runs", () => lab.server.reports.some(({ jobId }) => jobId === "c1"));
  lab.server.cancel.add("c1");
  expect(await lab.server.end("c1")).toMatchObject({ state: "cancelled" });
  const left = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  expect(left.filter((line) => line.includes(join(lab.dir, "state", "no-repository")))).toEqual([]);
});

async function browse(path: string | Buffer) {
  const jobId = `l${++jobs}`;
  const encoded = Buffer.from(path).toString("base64");
  lab.server.orders.push({ kind: "browse-disk", jobId, lease: 1, path: encoded });
  const { result, problem, state } = await lab.server.end(jobId);
  const listed: BrowseResult | null = result?.kind === "browse-disk" ? result : null;
  return { state, code: problem?.code, say: problem?.say, listed, names: listed?.entries.map(nameOf) ?? [] };
}

const nameOf = ({ name }: { name: string }) => Buffer.from(name, "base64").toString("latin1");

it("lists a folder with names byte by byte, kinds, sizes, times and modes", async () => {
  const odd = await browse(join(tree, "odd"));
  const expected = execFileSync(
    "find",
    [".", "-mindepth", "1", "-maxdepth", "1", "-printf", "%f\\0%y\\0%s\\0%m\\0"],
    {
      cwd: join(tree, "odd"),
      encoding: "latin1",
    },
  ).split("\0");
  expect(odd.names.length).toBe((expected.length - 1) / 4);
  const kinds: Record<string, string> = { d: "directory", f: "file", l: "link", p: "pipe", s: "socket" };
  for (let at = 0; at + 3 < expected.length; at += 4) {
    const [name = "", kind = "", size, mode = ""] = expected.slice(at, at + 4);
    expect(odd.listed?.entries.find((entry) => nameOf(entry) === name)).toMatchObject({
      type: kinds[kind],
      mode: Number.parseInt(mode, 8),
      ...(kind === "f" ? { bytes: Number(size) } : {}),
    });
  }
});

it("opens a folder whose name is no text", async () => {
  const folder = inside(tree, Buffer.from("not\xfftext", "latin1"));
  mkdirSync(folder);
  writeFileSync(inside(folder, "within"), "x");
  expect((await browse(folder)).names).toEqual(["within"]);
});

it("gives the first two thousand names of a large folder, and says that there are more", async () => {
  const large = join(lab.folder, "large");
  mkdirSync(large);
  for (let i = 0; i < 2100; i++) writeFileSync(join(large, `f${String(i).padStart(4, "0")}`), "");
  const { listed, names } = await browse(large);
  expect(names.length).toBe(2000);
  expect([names[0], names.at(-1), listed?.truncated]).toEqual(["f0000", "f1999", true]);
});

it("tells the size of a file that is mostly hole, and a time before the calendar of others", async () => {
  const folder = join(lab.folder, "strange");
  mkdirSync(folder);
  writeFileSync(join(folder, "old"), "");
  truncateSync(join(folder, "old"), 2 ** 40);
  execFileSync("touch", ["-d", "@-1", join(folder, "old")]);
  const { listed } = await browse(folder);
  expect(listed?.entries).toMatchObject([{ bytes: 2 ** 40, modifiedAt: "1969-12-31T23:59:59.000Z" }]);
});

it("finds what no plan covers, not what one reads or a person left out, and never itself", async () => {
  const search = async (plans: { sources: string[]; excludes: string[]; oneFileSystem: boolean }[]) => {
    const jobId = `g${++jobs}`;
    lab.server.orders.push({ kind: "find-gaps", jobId, lease: 1, plans });
    const { result } = await lab.server.end(jobId);
    const found: FindGapsResult["gaps"] = result?.kind === "find-gaps" ? result.gaps : [];
    return found.map(({ path }) => path);
  };
  const restore = changePolicy({ readPaths: ["/etc", "/srv", "/proc", "/home", lab.dir] });
  expect(await search([])).toContain("/etc");
  expect(await search([])).not.toContain("/proc");
  const etc = { sources: ["/etc"], excludes: [], oneFileSystem: false };
  expect(await search([etc])).not.toContain("/etc");
  expect(await search([{ ...etc, sources: ["/srv"], excludes: ["/etc"] }])).not.toContain("/etc");
  expect(await search([{ ...etc, sources: ["/"] }])).toEqual([]);
  restore();
});

/** Edits the machine's own policy file; returns what puts it back. */
function changePolicy(change: Record<string, unknown>): () => void {
  const file = join(lab.dir, "policy.json");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), ...change }), { mode: 0o600 });
  return () => writeFileSync(file, before);
}

it("refuses every look while the machine's own policy does not say browse", async () => {
  for (const browseRule of [false, undefined]) {
    const restore = changePolicy({ browse: browseRule });
    expect(await browse(tree)).toMatchObject({ code: "policy-forbids-looking", listed: null });
    await expect(dryRun()).rejects.toThrow("does not allow looking");
    restore();
  }
  expect((await browse(tree)).state).toBe("succeeded");
});

it("shows a hostile server nothing outside of readPaths, by no path and no link", async () => {
  const allowed = join(lab.folder, "allowed");
  mkdirSync(join(allowed, "sub"), { recursive: true });
  symlinkSync("/etc", join(allowed, "out"));
  symlinkSync("/does/not/exist", join(allowed, "nowhere"));
  symlinkSync(join(allowed, "sub"), join(allowed, "round"));
  mkdirSync(join(lab.folder, "allowed2"));
  const restore = changePolicy({ readPaths: [allowed] });

  for (const path of [
    "/etc",
    "/etc/shadow",
    "/",
    lab.folder,
    join(lab.folder, "allowed2"),
    `${allowed}/../../../etc`,
    `${allowed}/./sub`,
    `${allowed}\0/etc`,
    "etc",
    "/proc/self/root/etc",
  ]) {
    expect({ path, ...(await browse(path)) }).toMatchObject({ code: "policy-forbids-looking", listed: null });
  }
  // Links are told as links, and alike whether they lead somewhere or nowhere.
  for (const name of ["out", "nowhere", "round"]) {
    const seen = await browse(join(allowed, name));
    expect(seen).toMatchObject({ code: "folder-unreadable", listed: null });
    expect(seen.say).toContain("is a link");
  }
  expect(await browse(join(allowed, "out", "ssh"))).toMatchObject({ code: "folder-unreadable" });
  expect((await browse(allowed)).names).toEqual(["nowhere", "out", "round", "sub"]);

  await expect(dryRun({ sources: ["/etc/shadow"] })).rejects.toThrow("does not allow reading /etc/shadow");
  await expect(dryRun({ sources: [join(allowed, "out")] })).rejects.toThrow("does not allow reading");
  // borg stores a link as a link.
  expect((await dryRun({ sources: [allowed] })).included).toMatchObject({ files: 3, directories: 2 });
  lab.server.orders.push({ kind: "find-gaps", jobId: "gout", lease: 1, plans: [] });
  expect((await lab.server.end("gout")).result).toEqual({ kind: "find-gaps", gaps: [] });
  restore();
});

it("never shows its own folder, by its path, below it or through another mount of it", async () => {
  expect(await browse(lab.dir)).toMatchObject({ code: "policy-forbids-looking", listed: null });
  expect(await browse(join(lab.dir, "state"))).toMatchObject({ code: "policy-forbids-looking" });
  expect((await browse(lab.folder)).names).not.toContain("agent");
  if (process.getuid?.() !== 0) return;
  const other = join(lab.folder, "other");
  mkdirSync(other);
  execFileSync("mount", ["--bind", lab.dir, other]);
  try {
    expect(await browse(other)).toMatchObject({ code: "policy-forbids-looking", listed: null });
  } finally {
    execFileSync("umount", [other]);
    rmSync(other, { recursive: true });
  }
});
