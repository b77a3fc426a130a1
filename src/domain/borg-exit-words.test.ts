import fc from "fast-check";
import { expect, it } from "vitest";
import { adviseBorgExit } from "./borg-exit-words";

it.each([
  [0, /without a complaint/, null],
  [1, /with warnings/, /Look at the files/],
  [2, /log says which/, /first error names the cause/],
  [16, /could not use the repository/, /nothing in the repository by hand/],
  [50, /with its key/, /outside this server/],
  [71, /lock/, /^Wait/],
  [87, /connection/, /^Try again/],
  [92, /not what was stored/, /last clean state/],
  [107, /not there/, /mount it/],
  [111, /with warnings/, /Look at the files/],
  [137, /killed/, /memory/],
  [139, /signal 11/, /^Try again/],
])("explains exit code %i, and what to do next", (code, cause, next) => {
  const advice = adviseBorgExit(code);
  expect(advice.cause).toMatch(cause);
  if (next === null) expect(advice.next).toBeNull();
  else expect(advice.next).toMatch(next);
});

it("has whole sentences for every code a process can end with", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (code) => {
      expect(adviseBorgExit(code).cause).toMatch(/\.$/);
      expect(adviseBorgExit(code).next ?? "Nothing.").toMatch(/\.$/);
    }),
  );
});

it("never sends anybody to repair a repository by hand", () => {
  for (let code = 0; code <= 255; code++) {
    expect(adviseBorgExit(code).next ?? "").not.toMatch(/borg (check|break-lock|delete|compact)|--repair/);
  }
});
