import fc from "fast-check";
import { expect, it } from "vitest";
import { attachment, safeName, zipNames } from "./safe-name";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const fileName = (path: string) => zipNames().file(bytes(path));

it.each([
  ["../../etc/passwd", "etc/passwd"],
  ["/etc/passwd", "etc/passwd"],
  ["//server/share/x", "server/share/x"],
  ["a/./b/../c", "a/b/c"],
  ["C:\\Windows\\system32\\evil.dll", "C__Windows_system32_evil.dll"],
  ["..\\..\\autoexec.bat", ".._.._autoexec.bat"],
  ["a\\..\\..\\b", "a_.._.._b"],
  ["nul", "_nul"],
  ["aux.txt", "_aux.txt"],
  ["COM1.tar.gz", "_COM1.tar.gz"],
  ["lpt\xc2\xb9", "_lpt¹"],
  ["con .txt", "_con .txt"],
  ["name.", "name_"],
  ["name. .", "name___"],
  ["trailing ", "trailing_"],
  ["...", "___"],
  ['a:b|c?d*e<f>g"h', "a_b_c_d_e_f_g_h"],
  ["new\nline\x1b[31m\x7f", "new_line_[31m_"],
  ["invoice\xe2\x80\xaefdp.exe", "invoice_fdp.exe"],
  ["in\xff\xfevalid", "in__valid"],
  [".profile", ".profile"],
  ["\xc3\xbcmlaut \xf0\x9f\x98\x80", "ümlaut 😀"],
])("writes %j into a zip as %j", (path, name) => {
  expect(fileName(path)).toBe(name);
});

it.each(["", "/", "..", "./../.", "////"])("gives %j no name: it is no place below the folder", (path) => {
  expect(fileName(path)).toBeNull();
  expect(zipNames().folder(bytes(path))).toBeNull();
});

it("gives names that differ by case, or by what was made safe, a number of their own", () => {
  const names = zipNames();
  const given = ["Readme.md", "README.md", "readme.MD", "a:b", "a?b", "a_b"].map((path) =>
    names.file(bytes(path)),
  );
  expect(given).toEqual(["Readme.md", "README (2).md", "readme (3).MD", "a_b", "a_b (2)", "a_b (3)"]);
});

it("keeps what lies in a folder together, also where another folder or a file has its name", () => {
  const names = zipNames();
  expect(names.file(bytes("Foo/x"))).toBe("Foo/x");
  expect(names.folder(bytes("foo"))).toBe("foo (2)");
  expect(names.file(bytes("foo/x"))).toBe("foo (2)/x");
  expect(names.file(bytes("FOO"))).toBe("FOO (3)");
  expect(names.folder(bytes("Foo"))).toBe("Foo");
});

it("gives a path that is in the archive twice two names", () => {
  const names = zipNames();
  expect([names.file(bytes("x")), names.file(bytes("x"))]).toEqual(["x", "x (2)"]);
});

it("shortens a name and a path that no file system takes", () => {
  const long = fileName(`${"x".repeat(300)}.jpeg`) ?? "";
  expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(240);
  expect(long).toMatch(/\.jpeg$/);
  const deep = fileName(`${"folder-of-some-length/".repeat(300)}file`) ?? "";
  expect(deep).toMatch(/^too deep\/.*\/file$/);
  expect(deep.length).toBeLessThanOrEqual(4000);
});

it("never gives a name that leaves the folder, means something to Windows, or was given before", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("..", ".", "", "con", "NUL.txt", "a", "A", "a ", "a.", "\\", "c:", "\u202e"),
  );
  const path = fc.array(part, { maxLength: 5 }).map((parts) => new TextEncoder().encode(parts.join("/")));
  fc.assert(
    fc.property(fc.array(fc.oneof(path, fc.uint8Array({ maxLength: 30 })), { maxLength: 30 }), (paths) => {
      const names = zipNames();
      const given = paths.map((one) => names.file(one)).filter((name) => name !== null);
      expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(given.length);
      for (const name of given) {
        for (const one of name.split("/")) {
          expect(one).not.toMatch(/^\.{0,2}$/);
          expect(one).not.toMatch(/[<>:"\\|?*\p{Cc}\u202a-\u202e]/u);
          expect(one).not.toMatch(/[. ]$/);
          expect(one.split(".")[0]?.trim()).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
        }
      }
    }),
    { numRuns: 40 },
  );
});

it("tells the browser a name in both forms, with nothing that ends the header early", () => {
  expect(attachment("plain.txt")).toBe("attachment; filename=\"plain.txt\"; filename*=UTF-8''plain.txt");
  expect(attachment("Ümlaut (1)'.txt")).toBe(
    "attachment; filename=\"_mlaut (1)'.txt\"; filename*=UTF-8''%C3%9Cmlaut%20%281%29%27.txt",
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (name) => {
      const header = attachment(safeName(name));
      expect(header).toMatch(
        /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[\w%.~$&+-]+$/,
      );
    }),
  );
});
