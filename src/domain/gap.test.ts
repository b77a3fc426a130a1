import { expect, it } from "vitest";
import { isGapClosed } from "./gap";

const plan = { sources: ["/srv/", "/home"], oneFileSystem: false, engines: [] };

it.each([
  ["the directory itself, written with a slash", "/srv", true],
  ["what lies in a directory", "/home/ada", true],
  ["a neighbour whose name begins alike", "/srv2", false],
  ["a folder that only holds a directory", "/", false],
])("judges %s", (_, path, closed) => {
  expect(isGapClosed({ path, kind: "folder" }, [plan])).toBe(closed);
});

it("does not take the machine's word back for a plan that stays on one file system", () => {
  const staying = [{ ...plan, oneFileSystem: true }];
  expect(isGapClosed({ path: "/home/ada", kind: "mount" }, staying)).toBe(false);
  expect(isGapClosed({ path: "/home", kind: "mount" }, staying)).toBe(true);
});

it("takes a dump for the folder of its database, and of no other", () => {
  const dumping = [{ ...plan, sources: [], engines: ["postgresql"] }];
  expect(isGapClosed({ path: "/var/lib/postgresql", kind: "database" }, dumping)).toBe(true);
  expect(isGapClosed({ path: "/var/lib/mysql", kind: "database" }, dumping)).toBe(false);
});

it("covers everything with the top, unless it stays on one file system", () => {
  expect(isGapClosed({ path: "/mnt/data", kind: "mount" }, [{ ...plan, sources: ["/"] }])).toBe(true);
});
