import { describe, expect, it } from "vitest";
import { readCron } from "./cron";
import { type Schedule, schedule, type Timing } from "./schedule";
import { sayTiming } from "./schedule-words";

const given = (timing: unknown, more: object = {}) => ({
  ...{ timing, zone: "Europe/Berlin", spreadMinutes: 0, blackouts: [], startWithinMinutes: null, ...more },
});
const cron = (expression: string) => ({ kind: "cron", expression });
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const daily = { kind: "daily", times: ["03:00"] };

describe("a schedule as it is typed", () => {
  it.each<[string, object, RegExp]>([
    ["31 February", given(cron("0 3 31 2 *")), /never run/],
    ["30 February or 31 April", given(cron("0 3 30-31 2 *")), /never run/],
    ["four fields", given(cron("0 3 31 2")), /five fields/],
    ["every minute", given(cron("* * * * *")), /every 5 minutes/],
    ["a word of its own", given(cron("@daily and so on now")), /minute “@daily”/],
    ["an hour 24", given(cron("0 24 * * *")), /hour “24” is not understood: 0 to 23/],
    ["a range that runs back", given(cron("0 9-7 * * *")), /hour “9-7”/],
    ["a step of none", given(cron("*/0 3 * * *")), /minute/],
    ["text behind", given(cron("0 3 * * 1; rm")), /five fields/],
    [
      "no day of the month",
      given({ kind: "monthly", days: [], lastDay: false, nth: [], times: ["03:00"] }),
      /at least one day/,
    ],
    ["a zone that is none", given(daily, { zone: "Europe/Atlantis" }), /no time zone/],
    [
      "a blackout for ever",
      given(daily, { blackouts: [{ weekdays: everyDay, from: "08:00", to: "08:00" }] }),
      /no time of the week/,
    ],
    [
      "two that are together for ever",
      given(daily, {
        blackouts: [
          { weekdays: everyDay, from: "08:00", to: "20:00" },
          { weekdays: everyDay, from: "20:00", to: "08:00" },
        ],
      }),
      /no time of the week/,
    ],
  ])("is refused with a clear word for %s", (_, value, say) => {
    const read = schedule.safeParse(value);
    expect(read.success).toBe(false);
    expect(read.error?.issues.map(({ message }) => message).join(" ")).toMatch(say);
  });

  it.each([
    given(cron("*/5 * * * *")),
    given(cron("0 3 29 2 *")),
    given(cron("0 3 31 feb *  ".replace("feb", "jan,mar"))),
    given(cron("30 2 * * mon-fri,7")),
    given(daily, { blackouts: [{ weekdays: everyDay, from: "08:00", to: "07:55" }] }),
  ])("is taken: $timing", (value) => {
    expect(schedule.safeParse(value).error).toBeUndefined();
  });
});

describe("a cron expression", () => {
  /** Days since 1970-01-01 of the next days that fit, from 2026-11-23, a Monday. */
  const days = (expression: string, count = 4) => {
    const read = readCron(expression);
    if ("wrong" in read) return read.wrong;
    const found: string[] = [];
    let day: number | null = Date.UTC(2026, 10, 23) / 864e5;
    while (found.length < count && day !== null) {
      day = read.cron.nextDay(day);
      if (day === null) break;
      found.push(new Date(day * 864e5).toISOString().slice(5, 10));
      day++;
    }
    return found.join(" ");
  };

  it.each([
    ["0 3 * * 0", "11-29 12-06 12-13 12-20"],
    ["0 3 * * 7", "11-29 12-06 12-13 12-20"],
    ["0 3 * * sat-sun", "wrong"],
    ["0 3 * * 6-7", "11-28 11-29 12-05 12-06"],
    ["0 3 13 * 5", "11-27 12-04 12-11 12-13"],
    ["0 3 */10 * *", "12-01 12-11 12-21 12-31"],
    ["0 3 */2 * 1", "11-23 12-07 12-21 01-11"],
    ["0 3 1 jan,jul *", "01-01 07-01 01-01 07-01"],
    ["0 3 1-7/3 * *", "12-01 12-04 12-07 01-01"],
  ])("%s comes on %s", (expression, expected) => {
    expect(expected === "wrong" ? days(expression).includes("not understood") : days(expression)).toBe(
      expected === "wrong" ? true : expected,
    );
  });
});

describe("in words", () => {
  const times = ["21:30", "03:00"];
  it.each<[Timing, string]>([
    [{ kind: "minutes", every: 30 }, "Every 30 minutes"],
    [{ kind: "hours", every: 1, minute: 5 }, "Every hour at 5 past, UTC"],
    [{ kind: "hours", every: 6, minute: 15 }, "Every 6 hours at 15 past the hour, UTC"],
    [{ kind: "daily", times }, "Daily at 03:00 and 21:30, UTC"],
    [{ kind: "weekly", weekdays: [5, 1, 2, 3, 4], times: ["01:00"] }, "Monday to Friday at 01:00, UTC"],
    [{ kind: "weekly", weekdays: [7, 3], times: ["01:00"] }, "Wednesday and Sunday at 01:00, UTC"],
    [
      { kind: "monthly", days: [22, 1, 11], lastDay: true, nth: [{ nth: -1, weekday: 7 }], times: ["01:00"] },
      "On the 1st, 11th, 22nd, last Sunday and last day of the month at 01:00, UTC",
    ],
    [{ kind: "days", every: 3, times: ["01:00"] }, "Every 3 days at 01:00, UTC"],
    [{ kind: "cron", expression: "0 3 * * 1" }, "By the cron expression 0 3 * * 1, UTC"],
    [
      { kind: "available", everyHours: 24, onMains: true, notMetered: true },
      "When online, on mains power and not on a metered network, at most every 24 hours",
    ],
  ])("%j", (timing, said) => {
    const own: Schedule = {
      ...{ timing, zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
    };
    expect(sayTiming(own)).toBe(said);
  });
});
