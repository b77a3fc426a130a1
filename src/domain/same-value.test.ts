import { expect, it } from "vitest";
import { isSameValue } from "./same-value";

it.each([
  [
    "keys in another order, at any depth",
    { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 },
    { b: 2, a: { y: [{ q: 2, p: 1 }], x: 1 } },
    true,
  ],
  ["a list in another order", ["a", "b"], ["b", "a"], false],
  ["absent and null at the top", undefined, null, true],
  ["another number", { a: 1 }, { a: 2 }, false],
  ["a key more", { a: 1 }, { a: 1, b: 0 }, false],
])("tells of %s", (_, one, other, same) => {
  expect(isSameValue(one, other)).toBe(same);
});
