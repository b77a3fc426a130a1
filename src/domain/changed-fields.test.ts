import { expect, it } from "vitest";
import { changedFields } from "./changed-fields";

it.each([
  ["nothing", { a: 1, b: ["x"] }, { a: 1, b: ["x"] }, null],
  ["one of two fields", { a: 1, b: 2 }, { a: 1, b: 3 }, { before: { b: 2 }, after: { b: 3 } }],
  [
    "an element of a list",
    { a: ["x"] },
    { a: ["x", "y"] },
    { before: { a: ["x"] }, after: { a: ["x", "y"] } },
  ],
  ["a field that was not there", {}, { a: 1 }, { before: { a: null }, after: { a: 1 } }],
  ["a field taken away", { a: 1 }, { a: null }, { before: { a: 1 }, after: { a: null } }],
  ["only what is asked for", { a: 1, other: 2 }, { a: 1 }, null],
  ["absent and null, which are the same", {}, { a: null }, null],
])("tells %s", (_, before, after, told) => {
  expect(changedFields(before, after)).toEqual(told);
});
