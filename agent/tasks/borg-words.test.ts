import { describe, expect, it } from "vitest";
import { AgentProblem } from "../agent-problem";
import { nextLines } from "../job-reporter";
import { readWarning } from "../restore/watch-extract";
import { createArguments, isRoutine } from "./create-archive";
import { selectionBatches, xargsInput } from "./selection";
import { isShownAs } from "./written-items";

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");

describe("createArguments", () => {
  const order = {
    archiveName: "a",
    excludes: ["-x", "*.tmp"],
    compression: "lz4",
    oneFileSystem: true,
    excludeCaches: false,
  };
  const args = createArguments(order, ["/-rf", "/a b"], "ssh://h/r", "/etc/bbs-agent");

  it("puts what people typed where borg cannot take it for an option", () => {
    expect(args).toContain("--exclude=-x");
    expect(args.slice(args.indexOf("--"))).toEqual(["--", "ssh://h/r::a", "/-rf", "/a b"]);
  });

  it("keeps the agent's own folder out and asks for no list", () => {
    expect(args).toContain("--exclude=pp:/etc/bbs-agent");
    expect(args).toContain("--one-file-system");
    expect(args).not.toContain("--list");
    expect(args).not.toContain("--exclude-caches");
  });
});

it.each([
  ["/var/log/syslog: file changed while we backed it up", true],
  ["/tmp/x: stat: [Errno 2] No such file or directory: 'x'", true],
  ["Continuing without files cache - expect lower performance.", true],
  ["The files cache is corrupted. [File failed integrity check]", false],
  ["Killed stale lock host@1.2-0.", true],
  ["Remote: Removed stale exclusive roster lock for host h pid 2 thread 0.", true],
  ["Found stale lock h@1.2-0, but not deleting because self.kill_stale_locks = False.", false],
  ["/root/x: open: [Errno 13] Permission denied: 'x'", false],
  ["/dev/bad: read: [Errno 5] Input/output error", false],
])("knows whether %j is everyday life", (message, routine) => {
  expect(isRoutine(message)).toBe(routine);
});

it.each([
  ["a: b/c: open: [Errno 13] Permission denied: 'c'", "a: b/c", "open: [Errno 13] Permission denied: 'c'"],
  ["x: [Errno 28] No space left on device", "x", "[Errno 28] No space left on device"],
  ["Include pattern 'a/b' never matched.", "a/b", "is not in the archive"],
  ["something else", "", "something else"],
])("reads path and reason of %j", (message, path, why) => {
  expect(readWarning(message)).toEqual({ path, why });
});

describe("selectionBatches", () => {
  it("keeps bytes as they are and drops what another path covers", () => {
    const [batch = []] = selectionBatches(["b\xff", "a", "a/x", "ab", "a/", "a!"].map(base64));
    expect(batch.map((path) => path.toString("latin1"))).toEqual(["a", "a!", "ab", "b\xff"]);
    expect(xargsInput([Buffer.from("-a\n")]).toString()).toBe("pp:-a\n\0");
  });

  it("splits a long selection and makes one empty batch of none", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => base64(`${i}-${"x".repeat(100)}`));
    const batches = selectionBatches(many);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flat()).toHaveLength(10_000);
    for (const batch of batches) expect(xargsInput(batch).length).toBeLessThan(401_000);
    expect(selectionBatches([])).toEqual([[]]);
  });

  it.each(["../x", "a/../b", "/etc", "a//b", "./a", "", "a\0b"])("refuses %j", (path) => {
    expect(() => selectionBatches([base64(path)])).toThrow(AgentProblem);
  });
});

it("recognises a name that borg could print with question marks only", () => {
  expect(isShownAs(Buffer.from("bad\xff", "latin1"), "bad?")).toBe(true);
  expect(isShownAs(Buffer.from("what?"), "what?")).toBe(true);
  expect(isShownAs(Buffer.from("bada"), "bad?")).toBe(false);
  expect(isShownAs(Buffer.from("bad\xff\xff", "latin1"), "bad?")).toBe(false);
});

it("sends as many lines as one report takes, at least one", () => {
  const line = (sequence: number, length: number) => ({
    sequence,
    at: "2026-01-01T00:00:00.000Z",
    level: "info" as const,
    message: "x".repeat(length),
  });
  expect(nextLines(Array.from({ length: 600 }, (_, i) => line(i + 1, 10)))).toHaveLength(500);
  expect(nextLines(Array.from({ length: 500 }, (_, i) => line(i + 1, 4000))).length).toBeLessThan(110);
  expect(nextLines([])).toEqual([]);
});
