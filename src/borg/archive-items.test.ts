import fc from "fast-check";
import { expect, it } from "vitest";
import { archiveItems } from "./archive-items";
import { parseListedItem } from "./listing";

const line = (path: string, more: { mode?: string; size?: string; target?: string; time?: string } = {}) => {
  const { mode = "-rw-r--r--", size = "7", target = "''", time = "2026-11-23T00:54:23.000001" } = more;
  return `${mode[0] === "h" ? "-" : mode[0]}\t${mode}\t${size}\t${time}\t'root'\t0\t${target}\t${path}`;
};
const read = (...lines: string[]) => {
  const reader = archiveItems();
  const items = reader.push(Buffer.from(lines.map((one) => `${one}\n`).join(""), "utf8"));
  reader.end();
  return items;
};

it.each([
  ["'etc/hosts'", "etc/hosts"],
  [`"it's"`, "it's"],
  ["'new\\nline\\ttab'", "new\nline\ttab"],
  ["'back\\\\slash'", "back\\slash"],
  ["'r\\udce9sum\\udce9'", "r\xe9sum\xe9"],
  ["'\\x80'", "\xc2\x80"],
  ["'\\U000e0001'", Buffer.from("\u{e0001}", "utf8").toString("latin1")],
  ["'Ähre'", Buffer.from("Ähre", "utf8").toString("latin1")],
  ["'.'", ""],
  ["'/a//b/'", "a/b"],
])("reads the bytes of %s", (literal, bytes) => {
  expect(read(line(literal)).map((item) => item.path)).toEqual([bytes]);
});

it("reads types, times to the microsecond, owners without a name and targets", () => {
  const [file, link, hard] = read(
    line("'a'"),
    line("'b'", {
      mode: "lrwxrwxrwx",
      size: "0",
      target: "'../x'",
      time: "2026-11-23T00:54:23.500000+00:00",
    }),
    line("'c'", { mode: "hrw-r--r--", target: "'a'" }),
  );
  expect(file).toMatchObject({
    type: "-",
    mode: "rw-r--r--",
    size: 7,
    owner: "root",
    group: "0",
    target: null,
  });
  expect(file?.modified).toBe(Date.UTC(2026, 10, 23, 0, 54, 23) * 1000 + 1);
  expect(link).toMatchObject({
    type: "l",
    target: "../x",
    modified: Date.UTC(2026, 10, 23, 0, 54, 23, 500) * 1000,
  });
  expect(hard).toMatchObject({ type: "h", target: "a" });
});

it("reads the same however the stream is cut, and as the reader of single lines does", () => {
  const lines = [
    line("'Ähre\\udcff'"),
    line("'x\\\\y'", { mode: "drwxr-xr-x" }),
    line("'z'", { target: "'a'" }),
  ];
  const text = Buffer.from(lines.map((one) => `${one}\n`).join(""), "utf8");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 5 }), (cuts) => {
      const reader = archiveItems();
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const items = at.flatMap((from, n) => reader.push(text.subarray(from, at[n + 1] ?? text.length)));
      reader.end();
      expect(items.map((item) => item.path)).toEqual(
        lines.map((one) => parseListedItem(one).path.toString("latin1")),
      );
    }),
  );
});

it.each([["one field"], ["-\t-rw\tx\t\t''\t''\t''\t'a'"], ["-\t-rw-r--r--\t1\t\t''\t''\t''\tb'a'"]])(
  "refuses a line that is not understood: %s",
  (text) => {
    expect(() => read(text)).toThrow("not understood");
  },
);

it("refuses a last line that is not whole", () => {
  const reader = archiveItems();
  reader.push(Buffer.from(line("'a'")));
  expect(() => reader.end()).toThrow("not understood");
});
