import type { Locator, Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isoDay, readIsoDay } from "~/domain/calendar-grid";
import type { Timing } from "~/domain/schedule";
import type { Pool } from "~/server/db";
import { schedules } from "~/server/db/schema/schedules";
import type { SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** What a person does with schedules: in the calendar, in the plan editor, on a phone. No worker runs: nothing begins. */
const DESK = { width: 1440, height: 1700 };

let ui: SeededConsole;
let pool: Pool;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole({ browser: { timezoneId: "Europe/Berlin", viewport: DESK } });
  ({ pool, page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
  expect(ui.complaints).toEqual([]);
});

const open = (path: string) => ui.open(path);

/** Monday of the week after next: all of it is still to come, and no clock changes while a test runs. */
function monday(): number {
  const today = readIsoDay(new Date().toISOString().slice(0, 10)) ?? 0;
  return today - ((today + 3) % 7) + 14;
}
const week = () => `/calendar?day=${isoDay(monday())}`;
const cell = (day: number, hour: number): Locator => page.locator(`[data-cell="${monday() + day}-${hour}"]`);

async function scheduleOf(planName: string) {
  const [row] = await pool.sql<
    { planId: string }[]
  >`select id as "planId" from plans where name = ${planName}`;
  const [found] = await pool.db
    .select()
    .from(schedules)
    .where(eq(schedules.planId, row?.planId ?? ""));
  if (!found) throw new Error(`${planName} has no schedule`);
  return found;
}
const timesOf = async (planName: string) => {
  const { timing } = (await scheduleOf(planName)).schedule;
  return "times" in timing ? timing.times : null;
};

describe("the calendar", () => {
  it("shows how full the hours are, what is kept free, and opens an hour with too many runs to list", async () => {
    await open(week());
    await page.getByText(/most in one hour: 4, Mon .* from 02:00/).waitFor();
    await page.getByRole("list", { name: "Starts by hour of the day" }).waitFor();
    expect(await cell(0, 10).getAttribute("title")).toBe("One plan never begins here");
    expect(await cell(5, 10).getAttribute("title")).toBeNull();
    await cell(0, 2).getByRole("button").click();
    const dialog = page.getByRole("dialog", { name: /^4 runs, Mon/ });
    await dialog.getByRole("button", { name: /db-01 Dumps.*paused/ }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    // What became of last week's times: some were skipped, with the reason.
    await open(`/calendar?day=${isoDay(monday() - 21)}&view=week`);
    await page
      .getByTitle(/was away until its deadline was over/)
      .first()
      .waitFor();
  });

  it("moves a run that is dragged to another hour, after saying what changes", async () => {
    await open(week());
    const run = cell(0, 14).getByRole("button", { name: /Sites/ });
    await run.dragTo(cell(0, 16));
    const dialog = page.getByRole("dialog", { name: "Move Sites of web-01" });
    await dialog.getByText("Daily at 02:15 and 14:15, Europe/Berlin").waitFor();
    await dialog.getByText("Daily at 02:15 and 16:15, Europe/Berlin").waitFor();
    expect(await timesOf("Sites")).toEqual(["02:15", "14:15"]);
    await dialog.getByRole("button", { name: "Move it" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await timesOf("Sites")).toEqual(["02:15", "16:15"]);
    await cell(3, 16).getByRole("button", { name: /Sites/ }).waitFor();
  });

  it("moves one by keyboard alone, also to another day of the week", async () => {
    await open(week());
    await cell(0, 2).getByRole("button").focus();
    await page.keyboard.press("Enter");
    const dumps = page.getByRole("dialog").getByRole("button", { name: /Dumps/ });
    await dumps.focus();
    await page.keyboard.press("Enter");
    const details = page.getByRole("dialog", { name: "Dumps on db-01" });
    await details.getByRole("button", { name: "Move to another time" }).focus();
    await page.keyboard.press("Enter");
    const move = page.getByRole("dialog", { name: "Move Dumps of db-01" });
    await move.getByLabel("Day").fill(isoDay(monday() + 5));
    await move.getByLabel("Time").fill("04:40");
    await move.getByText("Tuesday to Saturday at 04:40, Europe/Berlin").waitFor();
    await move.getByRole("button", { name: "Move it" }).focus();
    await page.keyboard.press("Enter");
    await move.waitFor({ state: "hidden" });
    expect((await scheduleOf("Dumps")).schedule.timing).toEqual({
      ...{ kind: "weekly", weekdays: [2, 3, 4, 5, 6], times: ["04:40"] },
    });
  });

  it("resumes a paused plan without setting it going, and pauses it again", async () => {
    const before = await pool.sql`select count(*)::int as count from jobs`;
    await open(week());
    await cell(1, 4)
      .getByRole("button", { name: /Dumps.*paused/ })
      .click();
    const dialog = page.getByRole("dialog", { name: "Dumps on db-01" });
    await dialog.getByRole("button", { name: "Resume" }).click();
    await page.getByText("It begins at its next time, not now.").first().waitFor();
    await dialog.getByRole("button", { name: "Pause" }).waitFor();
    const resumed = await scheduleOf("Dumps");
    expect(resumed).toMatchObject({ enabled: true, pausedAt: null });
    expect(resumed.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
    expect(await pool.sql`select count(*)::int as count from jobs`).toEqual(before);
    await open(`/plans/${resumed.planId}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused", { exact: true }).first().waitFor();
    expect(await scheduleOf("Dumps")).toMatchObject({ enabled: false, nextRunAt: null });
  });

  it("spreads plans evenly only after it has shown what would change", async () => {
    await open(week());
    await page.getByRole("button", { name: "Spread these plans evenly" }).click();
    const dialog = page.getByRole("dialog", { name: "Spread these plans evenly" });
    await dialog.getByLabel("From", { exact: true }).fill("22:00");
    await dialog.getByLabel("To", { exact: true }).fill("06:00");
    await dialog.getByText("5 of 5 plans").waitFor();
    await dialog.getByRole("button", { name: "Show what would change" }).click();
    await dialog.getByRole("list", { name: "Starts by hour then" }).waitFor();
    expect(await timesOf("System")).toEqual(["02:00"]);
    await dialog.getByRole("button", { name: /^Move 4 plans$/ }).click();
    await dialog.waitFor({ state: "hidden" });
    const first = await Promise.all(["System", "Sites", "Dumps", "Mailboxes"].map(timesOf));
    expect(new Set(first.map((times) => times?.join())).size).toBe(4);
    // It was four; one of every six hours falls together with another plan's.
    await page.getByText(/most in one hour: 2,/).waitFor();
  });
});

describe("the plan editor", () => {
  const openWhen = async () => {
    await open(`/plans/${fleet.planId}/edit`);
    await page.getByRole("region", { name: "When" }).getByLabel("Time zone").waitFor();
    return page.getByRole("region", { name: "When" });
  };
  const choose = async (when: Locator, label: string) => {
    await when.getByRole("combobox", { name: "How often" }).click();
    await page.getByRole("option", { name: label, exact: true }).click();
  };
  async function saved(): Promise<Timing> {
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.waitForURL(new RegExp(`/plans/${fleet.planId}$`));
    return (await scheduleOf("System")).schedule.timing;
  }

  it.each<[string, (when: Locator) => Promise<void>, Timing, RegExp]>([
    [
      "Every day",
      async (when) => {
        await when.getByLabel("Time of day").fill("01:30");
        await when.getByRole("button", { name: "Add a time" }).click();
      },
      { kind: "daily", times: ["01:30", "07:30"] },
      /Daily at 01:30 and 07:30/,
    ],
    [
      "On days of the week",
      async (when) => {
        await when.getByRole("button", { name: "Mon", exact: true }).first().click();
        await when.getByRole("button", { name: "Sun", exact: true }).first().click();
      },
      { kind: "weekly", weekdays: [2, 3, 4, 5, 7], times: ["01:30", "07:30"] },
      /at 01:30 and 07:30/,
    ],
    [
      "Every month",
      async (when) => {
        await when.getByRole("button", { name: "Take away 07:30" }).click();
        await when.getByRole("button", { name: "Day 15" }).click();
        await when.getByRole("checkbox", { name: "On the last day of the month" }).click();
        await when.getByRole("button", { name: "Add a day such as the first Sunday" }).click();
      },
      {
        ...{ kind: "monthly", days: [1, 15], lastDay: true, nth: [{ nth: 1, weekday: 7 }] },
        times: ["01:30"],
      },
      /1st, 15th, first Sunday and last day/,
    ],
    [
      "Every few days",
      async (when) => when.getByLabel("Every (days)").fill("3"),
      { kind: "days", every: 3, times: ["01:30"] },
      /Every 3 days at 01:30/,
    ],
    [
      "Every few hours",
      async (when) => when.getByLabel("Every (hours)").fill("8"),
      { kind: "hours", every: 8, minute: 0 },
      /Every 8 hours/,
    ],
    [
      "Every few minutes",
      async (when) => when.getByLabel("Every (minutes)").fill("45"),
      { kind: "minutes", every: 45 },
      /Every 45 minutes/,
    ],
    [
      "When the machine is available",
      async (when) => when.getByRole("checkbox", { name: "Not on a metered network" }).click(),
      { kind: "available", everyHours: 24, onMains: true, notMetered: false },
      /on mains power, at most every 24 hours/,
    ],
  ])("saves %s, and says what it means", async (label, fill, timing, words) => {
    const when = await openWhen();
    await choose(when, label);
    await fill(when);
    await when.getByText(words).first().waitFor();
    if (timing.kind !== "available")
      expect(await when.getByRole("list", { name: "Next runs" }).getByRole("listitem").count()).toBe(5);
    expect(await saved()).toEqual(timing);
  });

  it("takes a cron expression under Advanced and explains one that is wrong", async () => {
    const when = await openWhen();
    await when.getByText("Advanced").click();
    await when.getByRole("checkbox", { name: "Write a cron expression instead" }).click();
    const box = when.getByRole("textbox", { name: "Cron expression" });
    await box.fill("61 2 * * *");
    await when.getByText("The minute “61” is not understood: 0 to 59.").waitFor();
    await when.getByText("This never comes.").waitFor();
    await box.fill("15 3 * * mon-fri");
    expect(await when.getByRole("list", { name: "Next runs" }).getByRole("listitem").count()).toBe(5);
    expect(await saved()).toEqual({ kind: "cron", expression: "15 3 * * mon-fri" });
  });

  it("shows a window moving a run and a deadline leaving it out, and goes back to manual", async () => {
    const when = await openWhen();
    await when.getByRole("button", { name: "Take this window away" }).click();
    await when.getByRole("button", { name: "Add a window" }).click();
    await when.getByLabel("Window 1 from").fill("03:00");
    await when.getByLabel("Window 1 to").fill("05:00");
    await when
      .getByText(/moved from .*03:15 to the end of a window/)
      .first()
      .waitFor();
    await when.getByRole("checkbox", { name: "Skip it when it could not begin in time" }).click();
    await when.getByLabel(/Begin at the latest/).fill("30");
    await when.getByText("is left out: no time is free before its deadline").first().waitFor();
    await when.getByRole("radio", { name: /^Manual/ }).click();
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.waitForURL(new RegExp(`/plans/${fleet.planId}$`));
    await page.getByText("when somebody presses Back up now").first().waitFor();
    await expect(scheduleOf("System")).rejects.toThrow(/no schedule/);
  });

  it("begins a new plan with every night, in the browser's zone", async () => {
    await open(`/plans/new?client=${fleet.clientIds["web-01"]}`);
    const when = page.getByRole("region", { name: "When" });
    await when.getByText("Daily at 02:00, Europe/Berlin").waitFor();
    expect(await when.getByRole("list", { name: "Next runs" }).getByRole("listitem").count()).toBe(5);
  });

  it("simulates retention on the archives and on a year, beside what is saved", async () => {
    await open(`/plans/${fleet.planId}/edit`);
    const keep = page.getByRole("region", { name: "Keep" });
    await keep.getByText(/archives now,.*stay and.*would go/).waitFor();
    await keep.getByText(/would still be there/).waitFor();
    expect(await keep.getByText(/Compared with the saved rules/).count()).toBe(0);
    await keep.getByRole("radio", { name: /^My own/ }).click();
    await keep.getByRole("textbox", { name: "One a day" }).fill("2");
    await keep.getByRole("textbox", { name: "All of so many hours" }).fill("0");
    await keep
      .getByText(/Compared with the saved rules, \d+ more would go and 0 more would stay\./)
      .waitFor();
    await keep.getByRole("button", { name: /^Show the \d+ that change/ }).click();
    const table = keep.getByRole("table", { name: "What the rules would keep" });
    expect(await table.getByText("Stay", { exact: true }).count()).toBe(0);
    await keep.getByRole("img", { name: /^By the saved rules: \d+ of 366 days/ }).waitFor();
    await keep.getByText(/By the saved rules it would be \d+, about/).waitFor();
    await keep.getByRole("textbox", { name: "Never fewer than" }).fill("400");
    await keep.getByText(/archives now,.* 0 would go/).waitFor();
  });
});

it("lists the week by day on a phone, no wider than the screen", async () => {
  await page.setViewportSize({ width: 360, height: 780 });
  await open(week());
  const day = page.getByRole("region", { name: /^Mon / });
  await day.getByRole("button", { name: /Sites/ }).first().click();
  await page.getByRole("dialog", { name: "Sites on web-01" }).waitFor();
  for (const path of [week(), `/plans/${fleet.planId}/edit`, "/plans/new"]) {
    await open(path);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wider).toBe(0);
  }
  await page.setViewportSize(DESK);
});
