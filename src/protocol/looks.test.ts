import { expect, it } from "vitest";
import { browseResult, findGapsResult } from "./looks";

const encode = (text: string) => btoa(text);
const entry = { name: encode("a"), type: "file", bytes: 1, modifiedAt: null, mode: 0o644 };
const listing = (entries: unknown) => ({ kind: "browse-disk", path: encode("/"), entries, truncated: false });

it("takes an honest listing", () => {
  expect(browseResult.safeParse(listing([entry])).success).toBe(true);
});

it.each<[string, unknown]>([
  ["more entries than fit", Array.from({ length: 2001 }, (_, i) => ({ ...entry, name: encode(`${i}`) }))],
  ["a name that is a way up", [{ ...entry, name: encode("..") }]],
  ["the folder itself as a name", [{ ...entry, name: encode(".") }]],
  ["a name with a slash", [{ ...entry, name: encode("a/b") }]],
  ["a name with a zero byte", [{ ...entry, name: encode("a\0b") }]],
  ["a name that is no base64", [{ ...entry, name: "<script>" }]],
  ["an empty name", [{ ...entry, name: "" }]],
  ["a name longer than any file system has", [{ ...entry, name: encode("x".repeat(300)) }]],
  ["a size below nothing", [{ ...entry, bytes: -1 }]],
  ["a size that no number holds", [{ ...entry, bytes: 2 ** 60 }]],
  ["a kind that there is not", [{ ...entry, type: "door" }]],
  ["a mode beyond its bits", [{ ...entry, mode: 0o10000 }]],
])("refuses a hostile listing: %s", (_, entries) => {
  expect(browseResult.safeParse(listing(entries)).success).toBe(false);
});

const gap = { path: "/srv", kind: "folder", bytes: null };

it.each<[string, unknown]>([
  ["a path that is not absolute", [{ ...gap, path: "srv" }]],
  ["more than two hundred", Array.from({ length: 201 }, (_, i) => ({ ...gap, path: `/${i}` }))],
  ["a kind that there is not", [{ ...gap, kind: "planet" }]],
])("refuses a hostile search: %s", (_, gaps) => {
  expect(findGapsResult.safeParse({ kind: "find-gaps", gaps: [gap] }).success).toBe(true);
  expect(findGapsResult.safeParse({ kind: "find-gaps", gaps }).success).toBe(false);
});
