import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenPattern, deeperPattern, parseListedItem, readBorgInstant } from "./listing";

const row = (path: string, linkTarget = "''") =>
  ["-", "-rw-r--r--", "5", "2026-11-23T00:54:23.000000", "'root'", "'ba\\tck'", linkTarget, path].join("\t");

describe("parseListedItem", () => {
  it("reads a plain file", () => {
    expect(parseListedItem(row("'usr/a b'"))).toEqual({
      type: "-",
      mode: "-rw-r--r--",
      bytes: 5,
      modifiedAt: "2026-11-23T00:54:23.000Z",
      user: "root",
      group: "ba\tck",
      linkTarget: null,
      path: Buffer.from("usr/a b"),
    });
  });

  it.each([
    ["a byte that is not UTF-8", "'src/bad\\udcff'", Buffer.from("src/bad\xff", "latin1")],
    ["a newline", "'src/new\\nline'", Buffer.from("src/new\nline")],
    ["a single quote", `"it's"`, Buffer.from("it's")],
    ["both quotes", `'it\\'s "x"'`, Buffer.from(`it's "x"`)],
    ["a backslash", "'a\\\\udcff'", Buffer.from("a\\udcff")],
    ["control characters", "'\\x01\\x7f'", Buffer.from("\x01\x7f")],
    ["printable Unicode as it is", "'ü😀'", Buffer.from("ü😀")],
    ["unprintable Unicode", "'\\u200b\\U000e0001'", Buffer.from("\u200b\u{e0001}")],
  ])("keeps %s", (_what, literal, bytes) => {
    expect(parseListedItem(row(literal)).path).toEqual(bytes);
  });

  it("takes the number of an owner that had no name", () => {
    const line = row("'a'").replace("'root'", "54321").replace("'ba\\tck'", "12345");
    expect(parseListedItem(line)).toMatchObject({ user: "54321", group: "12345" });
  });

  it("tells the later name of a hard link from a file", () => {
    const line = row("'b'", "'a'").replace("-rw-r--r--", "hrw-r--r--");
    expect(parseListedItem(line)).toMatchObject({ type: "h", mode: "-rw-r--r--", linkTarget: "a" });
  });

  it("reads link targets and times that are missing", () => {
    expect(parseListedItem(row("'l'", "'../x y'")).linkTarget).toBe("../x y");
    expect(readBorgInstant("")).toBeNull();
    expect(readBorgInstant("2026-11-23T01:02:03.456789+01:00")).toBe("2026-11-23T00:02:03.456Z");
  });

  it.each(
    [["", row("'unfinished"), row("plain"), "-\tx", `${row("'a'")}\textra`]].flat().map((line) => [line]),
  )("refuses %j instead of leaving a hole", (line) => {
    expect(() => parseListedItem(line)).toThrow();
  });
});

describe("patterns for Python's re", () => {
  it("are plain ASCII whatever the folder is called, and hold no live metacharacter", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const folder = Buffer.from(bytes.map((byte) => (byte === 0 ? 1 : byte)));
        const inner = childrenPattern(folder).slice(1, -"(?:/[^/]+)?\\Z".length);
        expect(inner).toMatch(/^(?:[A-Za-z0-9/]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*$/);
      }),
    );
  });

  it("write bytes that are not UTF-8 as Python's surrogate escapes", () => {
    expect(childrenPattern(Buffer.from("a\xff", "latin1"))).toBe("^a\\udcff(?:/[^/]+)?\\Z");
    expect(childrenPattern(Buffer.from("ü.\ufffd"))).toBe("^\\u00fc\\u002e\\ufffd(?:/[^/]+)?\\Z");
    // A surrogate in UTF-8 form and an overlong slash are no UTF-8 for Python either: byte by byte.
    expect(childrenPattern(Buffer.from([0xed, 0xa0, 0x80]))).toBe("^\\udced\\udca0\\udc80(?:/[^/]+)?\\Z");
    expect(childrenPattern(Buffer.from([0xc0, 0xaf]))).toBe("^\\udcc0\\udcaf(?:/[^/]+)?\\Z");
  });

  it("ask for the top, and for what lies under folders that are not stored", () => {
    expect(childrenPattern(Buffer.alloc(0))).toBe("^[^/]+\\Z");
    expect(deeperPattern(Buffer.alloc(0), [Buffer.from("etc")])).toBe("^(?!(?:etc)/)[^/]+/");
    expect(deeperPattern(Buffer.from("usr"), [])).toBe("^usr/[^/]+/");
  });
});
