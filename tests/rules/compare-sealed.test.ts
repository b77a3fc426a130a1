import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { compareConfigs, compareSealed, type SealedState } from "~/keeper/vault/compare-sealed";
import { listSegments } from "~/keeper/vault/segment-files";
import { writeSegment } from "~tests/support/write-segment";

const CONFIG = `[repository]
version = 1
segments_per_dir = 1000
max_segment_size = 524288000
append_only = 0
storage_quota = 0
additional_free_space = 0
id = 0123456789abcdef
key = hqlhbGdvcml0aG2mc2hhMjU2pGRhdGHaAN4
	u2VxYnT2ojIm3iNqkBz
	Zm9vYmFy

`;

let path: string;
let sealed: SealedState;

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), "bbs-sealed-"));
  writeFileSync(join(path, "config"), CONFIG);
  for (const n of [0, 1, 4, 5]) writeSegment(path, n, [{ tag: "commit" }]);
  sealed = { transaction: 5, segments: [...(await listSegments(path)).values()], config: CONFIG };
});
afterEach(() => rmSync(path, { recursive: true }));

const compare = async (at = path) =>
  compareSealed(at, sealed, await listSegments(at), join(at, "second-names"));

describe("compareSealed", () => {
  it("finds nothing where nothing changed, whatever was added later", async () => {
    writeSegment(path, 6, [{ tag: "commit" }]);
    writeSegment(path, 1000, [{ tag: "commit" }]);
    expect(await compare()).toEqual([]);
  });

  it("knows the segments again after the data folder was moved, by their second names", async () => {
    mkdirSync(join(path, "second-names"));
    for (const { n } of sealed.segments)
      linkSync(segmentPath(path, n), join(path, "second-names", String(n)));
    const moved = mkdtempSync(join(tmpdir(), "bbs-moved-"));
    execFileSync("cp", ["-a", `${path}/.`, moved]);
    expect(await compare(moved)).toEqual([]);
    const first = segmentPath(moved, 1);
    execFileSync("cp", ["-a", first, `${first}.copy`]);
    renameSync(`${first}.copy`, first);
    expect(await compare(moved)).toEqual([{ kind: "segments-changed", count: 1, first: 1 }]);
    rmSync(moved, { recursive: true });
  });

  it("finds missing segments, and the first of them", async () => {
    rmSync(segmentPath(path, 4));
    rmSync(segmentPath(path, 1));
    expect(await compare()).toEqual([{ kind: "segments-missing", count: 2, first: 1 }]);
  });

  it.each<[string, (file: string) => void]>([
    ["grew", (file) => appendFileSync(file, "x")],
    ["has another time", (file) => utimesSync(file, 1, 1)],
    [
      "is another file with the same time and content",
      (file) => {
        const content = readFileSync(file);
        renameSync(file, `${file}.old`);
        writeFileSync(file, content);
      },
    ],
    [
      "is a link to the sealed one",
      (file) => {
        renameSync(file, `${file}.old`);
        symlinkSync(`${file}.old`, file);
      },
    ],
  ])("finds a segment that %s", async (_name, tamper) => {
    tamper(segmentPath(path, 4));
    expect(await compare()).toEqual([{ kind: "segments-changed", count: 1, first: 4 }]);
  });

  it("finds segments in gaps below the sealed transaction, and those in places of nobody", async () => {
    writeSegment(path, 3, [{ tag: "commit" }]);
    writeFileSync(join(path, "data", "0", "02000"), "");
    expect(await compare()).toEqual([{ kind: "segments-appeared", count: 2, first: 3 }]);
  });

  it.each(["config", "data"])("finds the repository missing without %s", async (name) => {
    rmSync(join(path, name), { recursive: true });
    expect(await compare()).toEqual([{ kind: "repository-missing" }]);
    symlinkSync("/", join(path, name));
    expect(await compare()).toEqual([{ kind: "repository-missing" }]);
    rmSync(join(path, name));
    mkdirSync(join(path, name), { recursive: true });
    if (name === "config") expect(await compare()).toEqual([{ kind: "repository-missing" }]);
  });
});

describe("compareConfigs", () => {
  const changed = (from: string | RegExp, to: string) => compareConfigs(CONFIG, CONFIG.replace(from, to));

  it("takes borg's own rewriting for the same", () => {
    expect(compareConfigs(CONFIG, CONFIG)).toEqual([]);
    expect(changed(" = 1000", "=1000")).toEqual([]);
    expect(changed(/$/, "\n")).toEqual([]);
  });

  it("tells another key from other settings", () => {
    const key = [{ kind: "config-changed", key: true }];
    expect(changed("u2VxYnT2ojIm3iNqkBz", "u2VxYnT2ojIm3iNqkBa")).toEqual(key);
    expect(changed("\tZm9vYmFy\n", "")).toEqual(key);
    expect(changed(/key = [^[]*/s, "")).toEqual(key);
    expect(compareConfigs(CONFIG, "")).toEqual(key);
    const setting = [{ kind: "config-changed", key: false }];
    expect(changed("append_only = 0", "append_only = 1")).toEqual(setting);
    expect(changed("id = 0123456789abcdef\n", "")).toEqual(setting);
    expect(changed("version = 1\n", "version = 1\nnew = 2\n")).toEqual(setting);
    expect(changed("[repository]", "[other]")).toEqual(setting);
    expect(changed("append_only = 0\n", "append_only = 0\nappend_only = 1\n")).toEqual(setting);
  });
});
