import { expect, it } from "vitest";
import { type DigestFacts, digestMail, isWorthSending, nextDigestAt } from "./digest";

const calm: DigestFacts = {
  ...{ every: "day", plans: { total: 3, breached: [], unproven: 1, proven: 1 } },
  ...{
    backups: { succeeded: 3, warned: 0, failed: 0 },
    open: [],
    settled: 0,
    link: "https://b.example.test",
  },
};

it("goes out at the hour of the wall clock, also over the change of the clocks", () => {
  const berlin = { every: "day", hour: 7, zone: "Europe/Berlin" } as const;
  const at = (text: string) => nextDigestAt(berlin, new Date(text)).toISOString();
  expect(at("2026-03-28T12:00:00Z")).toBe("2026-03-29T05:00:00.000Z");
  expect(at("2026-10-24T12:00:00Z")).toBe("2026-10-25T06:00:00.000Z");
  const weekly = nextDigestAt({ ...berlin, every: "week" }, new Date("2026-11-23T06:00:00Z"));
  expect(weekly.toISOString()).toBe("2026-11-30T06:00:00.000Z");
});

it("is quiet on a calm day, never for a week", () => {
  expect(isWorthSending(calm)).toBe(false);
  expect(isWorthSending({ ...calm, every: "week" })).toBe(true);
  expect(isWorthSending({ ...calm, settled: 1 })).toBe(true);
});

it("names what is wrong, and counts what is too much to name", () => {
  const breached = Array.from({ length: 20 }, (_, n) => ({ name: `plan ${n}`, say: "Overdue." }));
  const { subject, text } = digestMail({ ...calm, plans: { ...calm.plans, total: 30, breached } });
  expect(subject).toBe("Backups of the day: 20 of 30 plans break their promise");
  expect(text).toContain("- plan 14: Overdue.\n- and 5 more");
  expect(digestMail(calm).subject).toBe("Backups of the day: 2 of 3 plans keep what they promise");
});
