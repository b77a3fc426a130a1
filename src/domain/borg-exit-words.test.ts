import fc from "fast-check";
import { expect, it } from "vitest";
import { explainBorgExit } from "./borg-exit-words";

it.each([
  [0, /without a complaint/],
  [1, /with warnings/],
  [2, /log says which/],
  [107, /not there/],
  [111, /with warnings/],
  [137, /killed/],
  [139, /signal 11/],
])("explains exit code %i", (code, expected) => {
  expect(explainBorgExit(code)).toMatch(expected);
});

it("has a sentence for every code a process can end with", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), (code) => explainBorgExit(code).endsWith(".")));
});
