import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateRestore, type MeasuredRestore, sayRestoreBasis, sayRestoreTime } from "./restore-rate";

const MIB = 1024 * 1024;
const large = (bytesPerSecond: number, by: MeasuredRestore["by"] = "restore"): MeasuredRestore => ({
  ...{ by, bytes: 1000 * MIB, files: 100, seconds: (1000 * MIB) / bytesPerSecond },
});
const small = (secondsPerFile: number): MeasuredRestore => ({
  ...{ by: "restore", files: 10_000, bytes: 10_000 * 1024, seconds: 10_000 * secondsPerFile },
});

describe("how long bringing a machine back takes", () => {
  it("is not said before something was measured", () => {
    expect(estimateRestore([], { bytes: 1, files: 1 })).toBeNull();
    const tiny: MeasuredRestore = { by: "drill", bytes: 1000, files: 3, seconds: 9 };
    expect(estimateRestore([tiny], { bytes: 1, files: 1 })).toBeNull();
    expect(sayRestoreTime(null)).toBe("How long bringing this machine back takes was not measured yet.");
  });

  it("goes by bytes and by files, each by the median of the last runs", () => {
    const measured = [
      large(50 * MIB),
      large(100 * MIB),
      large(1 * MIB),
      small(0.002),
      small(0.001),
      small(9),
    ];
    const estimate = estimateRestore(measured, { bytes: 500_000 * MIB, files: 1_000_000 });
    expect(estimate).toMatchObject({ by: "restore", runs: 6, bytesPerSecond: 50 * MIB });
    expect(estimate?.seconds).toBeCloseTo(10_000 + 2_000, 3);
    expect(sayRestoreTime(estimate)).toBe("Bringing this machine back takes about 3 h 20 min.");
    expect(sayRestoreBasis(estimate)).toBe("By the last 6 restores of this machine.");
  });

  it("takes real restores before drills, and says what drills leave out", () => {
    const drills = [large(900 * MIB, "drill"), large(900 * MIB, "drill")];
    const byDrills = estimateRestore(drills, { bytes: 900 * MIB, files: 1 });
    expect(sayRestoreBasis(byDrills)).toContain("the network and the machine's own disk are not in it");
    expect(estimateRestore([...drills, large(10 * MIB)], { bytes: 900 * MIB, files: 1 })).toMatchObject({
      ...{ by: "restore", runs: 1, seconds: 90 },
    });
  });

  it("never becomes shorter when there is more to bring back", () => {
    const run = fc.record({
      by: fc.constantFrom("restore" as const, "drill" as const),
      bytes: fc.integer({ min: 0, max: 1e12 }),
      files: fc.integer({ min: 0, max: 1e6 }),
      seconds: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
    });
    const size = fc.record({ bytes: fc.nat(1e12), files: fc.nat(1e6) });
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 12 }),
        size,
        fc.nat(1e9),
        fc.nat(1e5),
        (runs, of, bytes, files) => {
          const less = estimateRestore(runs, of);
          const more = estimateRestore(runs, { bytes: of.bytes + bytes, files: of.files + files });
          if (less === null || more === null) return less === more;
          return Number.isFinite(less.seconds) && more.seconds >= less.seconds;
        },
      ),
    );
  });
});
