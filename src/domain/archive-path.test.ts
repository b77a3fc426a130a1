import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  comparePaths,
  fromAddress,
  isArchivePath,
  isBelow,
  joinPath,
  nameParts,
  parentOf,
  showPath,
  toAddress,
  trailOf,
  typedPath,
} from "./archive-path";

const of = (text: string) => Buffer.from(text, "utf8").toString("base64");
const ofBytes = (...bytes: number[]) => Buffer.from(bytes).toString("base64");
const name = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte)))
  .map((bytes) => Buffer.from(bytes).toString("base64"));

describe("archive paths", () => {
  it("joins and walks names of any bytes without changing one of them", () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), (names) => {
        const path = names.reduce((folder, next) => joinPath(folder, next), "");
        const trail = trailOf(path);
        expect(trail.map((step) => step.name)).toEqual(names);
        expect(trail.at(-1)?.path).toBe(path);
        expect(parentOf(path)).toBe(trail.at(-2)?.path ?? "");
      }),
    );
  });

  it("comes back from an address as it went in", () => {
    fc.assert(
      fc.property(name, (path) => {
        expect(toAddress(path)).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(fromAddress(toAddress(path))).toBe(path);
      }),
    );
  });

  it("is read as a person types it, or copies it from where it was shown", () => {
    expect(typedPath("/etc//hosts/")).toBe(of("etc/hosts"));
    expect(typedPath("./Ähre \\xe9\\u202e\\n")).toBe(
      Buffer.concat([Buffer.from("Ähre "), Buffer.of(0xe9), Buffer.from("\u202e\n")]).toString("base64"),
    );
    expect(typedPath("/")).toBe("");
    fc.assert(
      fc.property(name, (path) => {
        // A dot alone is no name, and what looks like an escape in a name is read as one.
        fc.pre(path !== of(".") && !showPath(path).includes("\\\\") && !atob(path).includes("\\"));
        expect(typedPath(showPath(path))).toBe(path);
      }),
    );
  });

  it("refuses an address that it did not make", () => {
    expect(fromAddress("a")).toBeNull();
    expect(fromAddress("../etc")).toBeNull();
    expect(isArchivePath("Zm9v!")).toBe(false);
  });

  it("does not take a longer name of the same beginning for a child", () => {
    expect(isBelow(of("etc/hosts"), of("etc"))).toBe(true);
    expect(isBelow(of("etcetera"), of("etc"))).toBe(false);
    expect(isBelow(of("etc"), of("etc"))).toBe(false);
    expect(isBelow(of("etc"), "")).toBe(true);
    expect(isBelow("", "")).toBe(false);
  });

  it("orders by bytes", () => {
    expect([of("b"), of("a"), of("B")].sort(comparePaths)).toEqual([of("B"), of("a"), of("b")]);
  });
});

describe("names as shown", () => {
  it.each([
    ["plain text", of("Résumé 2026.pdf"), "Résumé 2026.pdf"],
    ["emoji", of("🗂️"), "🗂️"],
    ["a real backslash", of("dev\\x2duuid"), "dev\\x2duuid"],
    ["a newline", of("a\nb"), "a\\nb"],
    ["a terminal escape", of("\u001b[31mred"), "\\x1b[31mred"],
    ["a name that hides its ending", of("annual\u202Egpj.exe"), "annual\\u202egpj.exe"],
    ["an invalid byte", ofBytes(0x62, 0xff, 0x61), "b\\xffa"],
    ["a cut sequence", ofBytes(0xc3), "\\xc3"],
    ["an overlong slash", ofBytes(0xc0, 0xaf), "\\xc0\\xaf"],
    ["a surrogate", ofBytes(0xed, 0xa0, 0x80), "\\xed\\xa0\\x80"],
  ])("shows %s", (_what, base64, shown) => {
    expect(showPath(base64)).toBe(shown);
  });

  it("tells an escape from the same text in a name", () => {
    expect(nameParts(of("\\xff"))).toEqual([{ text: "\\xff", escaped: false }]);
    expect(nameParts(ofBytes(0xff))).toEqual([{ text: "\\xff", escaped: true }]);
  });

  it("never shows a control or direction character, whatever the bytes", () => {
    fc.assert(
      fc.property(name, (path) => {
        expect(showPath(path)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
