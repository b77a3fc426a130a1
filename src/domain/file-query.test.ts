import { expect, test } from "vitest";
import { takeFilters, typedSize } from "./file-query";

test.each([
  ["4096", 4096],
  ["10M", 10 * 1024 ** 2],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["200 kb", 200 * 1024],
  ["1,5t", 1.5 * 1024 ** 4],
  ["0", 0],
  ["much", null],
  ["", null],
  ["-5", null],
  ["99999999999999t", null],
])("%s is %s bytes", (text, bytes) => {
  expect(typedSize(text)).toBe(bytes);
});

test("filters are taken out of what was typed, the last one only when it is finished", () => {
  expect(takeFilters("report ext:pdf larger:10M is:deleted", false)).toEqual({
    text: "report is:deleted",
    filters: { ext: "pdf", least: "10M" },
  });
  expect(takeFilters("report ext:.pdf", true)).toEqual({ text: "report", filters: { ext: "pdf" } });
  expect(takeFilters("after:2026-01-01 ", false)).toEqual({ text: "", filters: { from: "2026-01-01" } });
});

test("what is no filter stays text, colons included", () => {
  for (const text of ["http://x y", "larger:much ", "is:there ", "plain text ", "a:b "])
    expect(takeFilters(text, true)).toEqual({ text, filters: {} });
});
