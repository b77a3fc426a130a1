import { type KeepRules, markArchives, type RetainedArchive } from "~/domain/retention";
import { type Figure, median } from "./figure";

const ARCHIVES = 10_000;
const RUNS = 25;
const NOW = new Date("2026-11-23T10:00:00Z");
const rules: KeepRules = {
  last: 10,
  withinHours: 48,
  minutely: 60,
  hourly: 24,
  daily: 14,
  weekly: 8,
  monthly: 12,
  yearly: 5,
  neverFewerThan: 7,
};

/** `markArchives` on 10,000 archives: hourly ones of a bit more than a year, a tenth of them junk, in a zone with daylight saving. */
export async function bench(): Promise<Figure[]> {
  const archives = Array.from(
    { length: ARCHIVES },
    (_, n): RetainedArchive => ({
      id: `archive${n}`,
      // Shuffled, so that sorting is real work: 7919 is prime to the count.
      observedAt: new Date(NOW.getTime() - ((n * 7919) % ARCHIVES) * 3_600_000),
      backupJobId: n % 10 === 0 ? null : `job${n}`,
      sealed: n % 97 !== 0,
      isProtected: n % 101 === 0,
    }),
  );
  const context = { now: NOW, zone: "Europe/Berlin", floor: { newest: 3, weeklyDays: 90 } };
  const took: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    const marks = markArchives(archives, rules, context);
    took.push(performance.now() - begun);
    if (marks.length !== ARCHIVES) throw new Error(`${marks.length} marks`);
  }
  const how = `${ARCHIVES} archives out of order, a tenth junk, every rule set, Europe/Berlin, ${RUNS} runs in one process`;
  return [
    { name: "mark 10,000 archives", value: median(took), unit: "ms", bar: 20, how },
    { name: "mark 10,000 archives, first run", value: took[0] ?? 0, unit: "ms", bar: null, how: "cold" },
  ];
}
