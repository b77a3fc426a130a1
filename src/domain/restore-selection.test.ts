import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBelow } from "./archive-path";
import { coverOf, selectionFromAddress, selectionToAddress, togglePath } from "./restore-selection";

const of = (text: string) => Buffer.from(text, "utf8").toString("base64");
const path = fc
  .array(fc.constantFrom("a", "b", "c", "ä\n"), { minLength: 1, maxLength: 4 })
  .map((names) => of(names.join("/")));

describe("restore selection", () => {
  it("takes a folder for what was ticked below it", () => {
    const files = togglePath(togglePath([], of("etc/hosts")), of("etc/passwd"));
    expect(togglePath(files, of("etc"))).toEqual([of("etc")]);
  });

  it("keeps a folder whole when a file within it is ticked again", () => {
    expect(togglePath([of("etc")], of("etc/hosts"))).toEqual([of("etc")]);
    expect(coverOf([of("etc")], of("etc/hosts"))).toBe("within");
  });

  it("says that a folder is partly selected when something below it is", () => {
    expect(coverOf([of("etc/ssh/key")], of("etc"))).toBe("partly");
    expect(coverOf([of("etc/ssh/key")], of("etcetera"))).toBe("none");
    expect(coverOf([of("etc")], of("etc"))).toBe("picked");
  });

  it("never holds a path and another one above it, and unticking ends where ticking began", () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 20 }), (paths) => {
        const selection = paths.reduce<readonly string[]>((held, next) => togglePath(held, next), []);
        for (const one of selection) expect(selection.some((other) => isBelow(one, other))).toBe(false);
        expect(
          selection.reduce<readonly string[]>((held, next) => togglePath(held, next), selection),
        ).toEqual([]);
      }),
    );
  });

  it("comes back from an address as it went in, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        const selection = paths.reduce<readonly string[]>((held, next) => togglePath(held, next), []);
        expect(selectionFromAddress(selectionToAddress(selection))).toEqual(selection);
      }),
    );
  });

  it("leaves out what is no path instead of failing on a typed address", () => {
    expect(selectionFromAddress("!!.ZXRj..a")).toEqual([of("etc")]);
  });
});
