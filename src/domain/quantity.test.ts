import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDistance, formatDuration, formatRate } from "./quantity";

describe("amounts as text", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [1024 ** 2 - 1, "1.00 MiB"],
    [12.3 * 1024 ** 3, "12.3 GiB"],
    [512 * 1024 ** 2, "512 MiB"],
  ])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0 s"],
    [0.25, "250 ms"],
    [42, "42 s"],
    [185, "3 min 5 s"],
    [7800, "2 h 10 min"],
    [7200, "2 h"],
    [86_400 * 4 + 3 * 3600, "4 d 3 h"],
  ])("writes %d seconds as %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it("groups digits of counts and names rates", () => {
    expect(formatCount(1234567)).toBe("1\u202f234\u202f567");
    expect(formatRate(2048)).toBe("2.00 KiB/s");
  });

  it.each([
    [-3, "just now"],
    [-45, "45 s ago"],
    [-125, "2 min ago"],
    [11_520, "in 3 h 12 min"],
    [-3600, "1 h ago"],
    [-86_400 * 5, "5 d ago"],
  ])("writes %d seconds from now as %s", (seconds, text) => {
    const now = new Date("2026-11-23T12:00:00Z");
    expect(formatDistance(new Date(now.getTime() + seconds * 1000), now)).toBe(text);
  });

  it("never writes a number of more than four figures before the unit", () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(formatBytes(bytes)).toMatch(/^\d{1,4}(\.\d+)? ([KMGTPE]i)?B$/);
      }),
    );
  });
});
