import { describe, expect, it } from "vitest";
import { copyName, entriesFor, whyNameUnusable, whyNoEntry, whyNotRestorable } from "./archived-database";

const whole = { source: "main", database: "app", path: "databases/main/app.dump", bytes: 10, problem: null };
const entries = [
  { name: "spare", engine: "postgresql", restore: true },
  { name: "main", engine: "postgresql", restore: true },
  { name: "closed", engine: "mysql", restore: false },
] as const;

describe("whyNotRestorable", () => {
  it.each([
    ["a whole dump", {}, "postgresql", null],
    ["one that broke off", { problem: "It broke off." }, "postgresql", /not in this archive: It broke off/],
    ["one of which nothing is told", { path: null }, "postgresql", /not known/],
    ["one of a plan that nobody knows", {}, null, /not known/],
    ["SQLite", { path: "databases/main/app.sqlite" }, "sqlite", /tar -xOf databases\.tar databases\/main/],
    ["roles", { database: "globals", path: "databases/main/globals.sql" }, "postgresql", /by hand/],
    ["MongoDB's accounts", { database: "admin", path: "databases/main/admin.archive" }, "mongodb", /by hand/],
  ] as const)("judges %s", (_, change, engine, why) => {
    const said = whyNotRestorable({ ...whole, ...change }, engine);
    if (why === null) expect(said).toBeNull();
    else expect(said).toMatch(why);
  });
});

it("offers the entries of the same kind that may be written to, the one it was read through first", () => {
  expect(entriesFor("postgresql", entries, "main")).toEqual(["main", "spare"]);
  expect(entriesFor("mysql", entries, null)).toEqual([]);
});

it("names the line of the policy file that stands in the way", () => {
  expect(whyNoEntry("db-01", "mysql", entries)).toContain("set databases.closed.restore to true");
  expect(whyNoEntry("db-01", "mongodb", entries)).toContain('add one under databases, with "restore": true');
});

describe("whyNameUnusable", () => {
  it.each([
    ["postgresql", "o'dd name", true],
    ["postgresql", "", false],
    ["postgresql", "a".repeat(64), false],
    ["mysql", "line\nbreak", false],
    ["mongodb", "shop_copy", true],
    ["mongodb", "shop.*", false],
    ["mongodb", "$shop$", false],
    ["mongodb", "admin", false],
  ] as const)("%s: %j", (engine, name, usable) => {
    expect(whyNameUnusable(engine, name) === null).toBe(usable);
  });

  it("takes the name that is offered for a copy", () => {
    for (const name of ["app", "ä".repeat(25), "a".repeat(63)]) {
      expect(whyNameUnusable("mongodb", copyName(name))).toBeNull();
    }
  });
});
