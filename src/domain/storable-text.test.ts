import { describe, expect, it } from "vitest";
import { claimedInstant } from "./claimed-instant";
import { storableText } from "./storable-text";

describe("storableText", () => {
  it.each([
    ["a\0b", "a\uFFFDb"],
    ["half \uD800 pair", "half \uFFFD pair"],
    ["other half \uDC00", "other half \uFFFD"],
    ["whole \u{1F600} pair", "whole \u{1F600} pair"],
    ["newline\nstays", "newline\nstays"],
  ])("turns %j into %j", (given, stored) => {
    expect(storableText(given)).toBe(stored);
  });
});

describe("claimedInstant", () => {
  const now = new Date("2026-11-23T02:00:00Z");

  it.each(["2026-11-23T01:59:00Z", "2001-01-01T00:00:00Z", "2026-11-23T12:00:00Z"])("believes %s", (text) => {
    expect(claimedInstant(text, now)).toEqual(new Date(text));
  });

  it.each(["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-12-01T00:00:00Z"])(
    "takes our time for %s",
    (text) => {
      expect(claimedInstant(text, now)).toEqual(now);
    },
  );
});
