import { expect, it } from "vitest";
import { compareArchives } from "./compare-archives";

const then = [
  { borgId: "a", name: "monday", observedAt: "2026-11-23T01:00:00Z" },
  { borgId: "b", name: "sunday", observedAt: "2026-11-22T01:00:00Z" },
];

it("puts what is missing first, then what is new, then what is unchanged", () => {
  const now = [
    { borgId: "a", name: "monday" },
    { borgId: "c", name: "junk" },
  ];
  expect(compareArchives(then, now).map(({ name, state }) => [name, state])).toEqual([
    ["sunday", "missing"],
    ["junk", "new"],
    ["monday", "same"],
  ]);
});

it("takes another archive under an old name, and an old one under another name, for what they are", () => {
  const now = [
    { borgId: "x", name: "monday" },
    { borgId: "b", name: "renamed" },
  ];
  expect(compareArchives(then, now).map(({ borgId, state }) => [borgId, state])).toEqual([
    ["a", "missing"],
    ["b", "missing"],
    ["x", "new"],
    ["b", "new"],
  ]);
});

it("calls nothing missing when the list of now cannot be read", () => {
  expect(compareArchives(then, null).map(({ state }) => state)).toEqual(["same", "same"]);
});
