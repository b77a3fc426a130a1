import { describe, expect, it } from "vitest";
import { groupSkipped, type RestoreOutcome, tellRestore, tellWouldWrite, whatNext } from "./restore-report";

const outcome: RestoreOutcome = {
  writtenTo: "/var/restore/x",
  files: 1,
  directories: 2,
  bytes: 0,
  skipped: [],
  skippedCount: 0,
};
const none = { files: 0, bytes: 0 };
const nothing = { create: none, replace: none, keepBoth: none, skip: none, directories: 0 };

describe("the report of a restore", () => {
  it("tells what a restore wrote and what it left out", () => {
    expect(tellRestore({ ...outcome, skippedCount: 3 })).toEqual([
      "1 file and 2 directories, 0 B, were written to /var/restore/x.",
      "3 entries were left out; the list says why.",
    ]);
    expect(tellRestore({ ...outcome, writtenTo: null })[0]).toBe("Nothing was written.");
  });

  it("tells what became of what was there, and what an earlier try had done", () => {
    const told = tellRestore({ ...outcome, replaced: 2, keptBoth: 1, resumed: { files: 5, bytes: 2048 } });
    expect(told).toEqual([
      expect.stringMatching(/written to/),
      "5 files, 2.00 KiB, were there whole already from the try before.",
      "2 files took the place of what was there.",
      "1 file got a name of its own, since another one was there: look for “(restored …)”.",
      "Nothing was left out.",
    ]);
  });

  it("tells of a database what was loaded, and where what was there lies", () => {
    const database = { name: "shop", safetyDump: "/var/restore/x/shop.dump" };
    expect(tellRestore({ ...outcome, database })).toEqual([
      "A dump of 0 B was loaded whole into the database shop.",
      "What was there before lies on the machine in /var/restore/x/shop.dump.",
    ]);
    expect(whatNext({ ...outcome, database }, { ended: "well", place: "restore-folder" })).toEqual([]);
  });

  it("says of a dry run only what would happen", () => {
    expect(tellWouldWrite(nothing)).toEqual(["Nothing would be written."]);
    expect(
      tellWouldWrite({ ...nothing, create: { files: 2, bytes: 1024 }, skip: { files: 1, bytes: 0 } }),
    ).toEqual(["2 files, 1.00 KiB, would be written where none is.", "1 file, 0 B, would be left out."]);
  });
});

describe("what was left out", () => {
  it("is grouped by its reason, with the machine's own numbers where it counted", () => {
    const skipped = [
      { path: "a", why: "Permission denied" },
      { path: "b", why: "is not in the archive" },
      { path: "c", why: "Permission denied" },
    ];
    expect(groupSkipped({ ...outcome, skipped })).toEqual([
      { why: "Permission denied", count: 2, paths: ["a", "c"] },
      { why: "is not in the archive", count: 1, paths: ["b"] },
    ]);
    const skippedBy = [{ why: "Permission denied", count: 4000 }];
    expect(groupSkipped({ ...outcome, skipped, skippedBy })[0]).toEqual({
      why: "Permission denied",
      count: 4000,
      paths: ["a", "c"],
    });
  });
});

describe("what to do next", () => {
  it("after an end before it was done: where what was written waits, and that it can be resumed", () => {
    const early = { ended: "early", place: "original" } as const;
    expect(whatNext({ ...outcome, waitsIn: "/srv/.bbs-x" }, early)).toEqual([
      "What was written waits in /srv/.bbs-x and is not in its place yet.",
      expect.stringMatching(/^Resume goes on from here/),
    ]);
    expect(whatNext({ ...outcome, waitsIn: null }, early)[0]).toBe("What was written stays where it is.");
  });

  it("after the end: to look, to compare, to restart, by where it went and what was met", () => {
    const next = (more: Partial<RestoreOutcome>, place: string) =>
      whatNext({ ...outcome, ...more }, { ended: "well", place }).join(" ");
    expect(next({}, "restore-folder")).toMatch(/then delete \/var\/restore\/x/);
    expect(next({}, "folder")).toBe("");
    expect(next({}, "original")).toMatch(/Restart the programs/);
    expect(next({ keptBoth: 1 }, "folder")).toMatch(/Compare the pairs/);
    const why = "is not in the archive";
    expect(next({ skippedCount: 1, skipped: [{ path: "x", why }] }, "folder")).toMatch(/^Search for what/);
    expect(next({ skippedCount: 1, skipped: [{ path: "x", why: "denied" }] }, "folder")).toMatch(
      /only what is missing/,
    );
  });
});
