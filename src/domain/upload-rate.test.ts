import { describe, expect, it } from "vitest";
import { uploadRateAt } from "./upload-rate";

const workdays = [1, 2, 3, 4, 5];
const options = {
  uploadKibPerSecond: 5000,
  uploadWindows: [
    { weekdays: workdays, from: "08:00", to: "18:00", kibPerSecond: 500 },
    { weekdays: [6], from: "22:00", to: "06:00", kibPerSecond: null },
    { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "17:00", to: "19:00", kibPerSecond: 1000 },
  ],
};

describe("the upload rate of a backup", () => {
  // 2026-11-23 is a Monday.
  it.each([
    ["in a window", "2026-11-23T09:00:00Z", "UTC", 500],
    ["at a window's first minute", "2026-11-23T08:00:00Z", "UTC", 500],
    ["at the minute a window is over, in the next that fits", "2026-11-23T18:00:00Z", "UTC", 1000],
    ["where two overlap, by the first", "2026-11-23T17:30:00Z", "UTC", 500],
    ["in no window", "2026-11-23T20:00:00Z", "UTC", 5000],
    ["on a day that no window has", "2026-11-22T09:00:00Z", "UTC", 5000],
    ["without a limit in a window that lifts it", "2026-11-28T23:00:00Z", "UTC", null],
    ["after midnight in a window that began the day before", "2026-11-29T05:59:00Z", "UTC", null],
    ["by the clock of the schedule's zone", "2026-11-23T06:30:00Z", "Europe/Kyiv", 500],
    ["by that zone's summer time", "2026-07-20T05:30:00Z", "Europe/Kyiv", 500],
  ])("is right %s", (_, at, zone, rate) => {
    expect(uploadRateAt(options, new Date(at), zone)).toBe(rate);
  });
});
