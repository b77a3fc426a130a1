import { describe, expect, it } from "vitest";
import { nextRate, secondsLeft, type TransferRate } from "./transfer-rate";

const at = (seconds: number, bytes: number) => ({ at: new Date(seconds * 1000), bytes });
const follow = (...samples: [number, number][]) =>
  samples.reduce<TransferRate | null>((rate, [seconds, bytes]) => nextRate(rate, at(seconds, bytes)), null);

describe("transfer rate", () => {
  it("says nothing before the second sample", () => {
    expect(follow([0, 100])?.bytesPerSecond).toBeNull();
    expect(secondsLeft(follow([0, 100]), 1000)).toBeNull();
  });

  it("is the true rate when the transfer is even, however unevenly it is reported", () => {
    expect(follow([0, 0], [1, 100], [4, 400], [4.5, 450])?.bytesPerSecond).toBeCloseTo(100);
  });

  it("moves only a part of the way at a sudden stop", () => {
    const rate = follow([0, 0], [1, 100], [2, 100])?.bytesPerSecond ?? 0;
    expect(rate).toBeGreaterThan(85);
    expect(rate).toBeLessThan(100);
  });

  it("ignores a sample that is not newer and begins anew when bytes go back", () => {
    expect(follow([0, 0], [1, 100], [1, 900])?.bytesPerSecond).toBeCloseTo(100);
    expect(follow([0, 0], [1, 100], [2, 5])?.bytesPerSecond).toBeNull();
  });

  it("tells the time left only when the total is known", () => {
    expect(secondsLeft(follow([0, 0], [1, 100]), 600)).toBeCloseTo(5);
    expect(secondsLeft(follow([0, 0], [1, 100]), null)).toBeNull();
    expect(secondsLeft(follow([0, 0], [1, 100]), 50)).toBe(0);
  });
});
