import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWithin, liesInOneOf, realPlace } from "./allowed-paths";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "allowed-"));
  mkdirSync(join(root, "in/sub"), { recursive: true });
  mkdirSync(join(root, "out"));
  symlinkSync("../out", join(root, "in/leads-out"));
  symlinkSync("sub", join(root, "in/leads-in"));
  symlinkSync("../later", join(root, "in/dangling"));
  symlinkSync("loop", join(root, "in/loop"));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("isWithin", () => {
  it("takes the folder itself and everything below, not its namesakes", () => {
    expect(isWithin("/a/b", "/a/b")).toBe(true);
    expect(isWithin("/a/b/", "/a/b")).toBe(true);
    expect(isWithin("/a/b", "/a/b/c")).toBe(true);
    expect(isWithin("/", "/anything")).toBe(true);
    expect(isWithin("/a/b", "/a/bc")).toBe(false);
    expect(isWithin("/a/b", "/a")).toBe(false);
  });
});

describe("realPlace", () => {
  it.each([
    ["in/sub", "in/sub"],
    ["in/leads-in/new/one", "in/sub/new/one"],
    ["in/leads-out/new", "out/new"],
    ["in/not/there/yet", "in/not/there/yet"],
  ])("finds where %s really is", async (path, place) => {
    expect(await realPlace(join(root, path))).toBe(join(root, place));
  });

  it.each(["in/dangling", "in/dangling/x", "in/loop/x"])("refuses %s", async (path) => {
    expect(await realPlace(join(root, path))).toBeNull();
  });

  it("refuses what is not a plain absolute path", async () => {
    for (const path of ["", "relative", `${root}/in/../out`, `${root}/in/\0`])
      expect(await realPlace(path)).toBeNull();
  });
});

it("never lets a path with a step back pass, whatever stands around it", async () => {
  const part = fc.constantFrom("in", "sub", "leads-in", "leads-out", "x");
  await fc.assert(
    fc.asyncProperty(fc.array(part), fc.array(part), async (before, after) => {
      const path = [root, "in", ...before, "..", ...after].join("/");
      expect(await liesInOneOf(path, [join(root, "in")])).toBe(false);
    }),
    { numRuns: 50 },
  );
});

it("looks at the real place of the allowed folder too", async () => {
  expect(await liesInOneOf(join(root, "out/x"), [join(root, "in/leads-out")])).toBe(true);
  expect(await liesInOneOf(join(root, "in/leads-out/x"), [join(root, "in")])).toBe(false);
});
