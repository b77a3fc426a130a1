import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archiveName, renewedArchiveName } from "./archive-name";

const at = new Date("2026-11-23T02:00:00.123Z");

describe("archiveName", () => {
  it("is the plan's name, the instant and a salt", () => {
    expect(archiveName("Système & Co", at, "x7k2abcd")).toBe("Syste-me-Co-20261123T020000Z-x7k2");
  });

  it("always is a name that borg and the protocol take", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (label) => {
        expect(archiveName(label, at, "x7k2")).toMatch(/^[A-Za-z0-9._-]{1,120}$/);
      }),
    );
  });

  it("gets another instant and salt for another try, not a longer name", () => {
    const first = archiveName("System", at, "x7k2");
    expect(renewedArchiveName(first, new Date("2026-11-23T03:00:00Z"), "abcd")).toBe(
      "System-20261123T030000Z-abcd",
    );
  });
});
