import { expect, it } from "vitest";
import { orderEntries } from "./folder-order";

const entry = (name: string, type: string, bytes: number, modifiedAt: string | null) => ({
  name: Buffer.from(name).toString("base64"),
  type,
  bytes,
  modifiedAt,
});
const entries = [
  entry("b", "file", 10, "2026-01-02T00:00:00Z"),
  entry("z", "directory", 0, "2026-01-01T00:00:00Z"),
  entry("a", "file", 10, "2026-01-03T00:00:00Z"),
  entry("c", "symlink", 99, null),
  entry("y", "directory", 0, "2026-01-05T00:00:00Z"),
];
const names = (order: "name" | "size" | "date", reversed = false) =>
  orderEntries(entries, order, reversed).map((one) => Buffer.from(one.name, "base64").toString());

it("puts folders first whatever the order", () => {
  expect(names("name")).toEqual(["y", "z", "a", "b", "c"]);
  expect(names("name", true)).toEqual(["z", "y", "c", "b", "a"]);
});

it("starts with the largest and the newest, and settles ties by name", () => {
  expect(names("size")).toEqual(["y", "z", "c", "a", "b"]);
  expect(names("date")).toEqual(["y", "z", "a", "b", "c"]);
  expect(names("date", true).slice(2)).toEqual(["c", "b", "a"]);
});
