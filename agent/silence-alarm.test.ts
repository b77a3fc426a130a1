import { describe, expect, it } from "vitest";
import { isSilent } from "./silence-alarm";

const HOUR = 3_600_000;
const AWAKE = 10 * 60_000;

describe("a server is silent", () => {
  it.each([
    ["after the hours of the policy", 24, 24, AWAKE, true],
    ["not a moment before", 23.99, 24, AWAKE, false],
    ["not for a laptop that slept and has only just asked", 200, 24, AWAKE - 1, false],
    ["never where the policy says 0", 10_000, 0, AWAKE, false],
    ["after a short time where the policy says so", 0.01, 0.01, 0.01 * HOUR, true],
    ["not when the clock was put back", -5, 24, AWAKE, false],
  ])("%s", (_, silentHours, afterHours, triedInVainMs, silent) => {
    expect(isSilent(1e12, 1e12 + silentHours * HOUR, triedInVainMs, afterHours)).toBe(silent);
  });
});
