import { z } from "zod";
import { nextRun } from "./next-run";
import { formatCount } from "./quantity";

/** A person's summary by mail: every day, or every Monday. */
export const digestChoice = z.object({
  every: z.enum(["day", "week"]),
  /** On the wall clock of `zone`. */
  hour: z.number().int().min(0).max(23),
  zone: z
    .string()
    .min(1)
    .max(60)
    .refine(
      (zone) => Intl.supportedValuesOf("timeZone").includes(zone) || zone === "UTC",
      "This is no time zone.",
    ),
});
export type DigestChoice = z.output<typeof digestChoice>;

/** When the next digest goes out after an instant. */
export function nextDigestAt({ every, hour, zone }: DigestChoice, after: Date): Date {
  const times = [`${String(hour).padStart(2, "0")}:00`];
  const next = nextRun(
    {
      timing: every === "day" ? { kind: "daily", times } : { kind: "weekly", weekdays: [1], times },
      ...{ zone, spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
    },
    after,
  );
  // A wall clock comes by every day; nothing else is possible.
  return next ?? new Date(after.getTime() + 86_400_000);
}

/** What a digest tells of, as far as its reader may see it. */
export interface DigestFacts {
  every: DigestChoice["every"];
  plans: { total: number; breached: { name: string; say: string }[]; unproven: number; proven: number };
  backups: { succeeded: number; warned: number; failed: number };
  /** Open now, the gravest first. */
  open: { title: string; severity: string }[];
  /** Opened and right again in the time it covers. */
  settled: number;
  link: string;
}

/** Named of each list; the rest is counted. */
const NAMED = 15;

/** Whether a daily digest has anything that its reader should know; a weekly one always goes out, so that silence means something. */
export function isWorthSending(facts: DigestFacts): boolean {
  return (
    facts.every === "week" || facts.open.length > 0 || facts.plans.breached.length > 0 || facts.settled > 0
  );
}

/** Subject and plain text. */
export function digestMail(facts: DigestFacts): { subject: string; text: string } {
  const { plans, backups, open } = facts;
  const kept = plans.total - plans.breached.length - plans.unproven;
  const period = facts.every === "day" ? "day" : "week";
  const headline =
    plans.total === 0
      ? "No plan yet"
      : plans.breached.length === 0
        ? `${kept} of ${plans.total} ${plans.total === 1 ? "plan keeps" : "plans keep"} what they promise`
        : `${plans.breached.length} of ${plans.total} plans ${plans.breached.length === 1 ? "breaks its promise" : "break their promise"}`;
  const paragraphs = [
    `${headline}; ${formatCount(plans.proven)} proven by a restore.`,
    `Backups of the last ${period}: ${backups.succeeded} succeeded, ${backups.warned} with warnings, ${backups.failed} failed.`,
    listed(
      "Promises broken",
      plans.breached.map((plan) => `${plan.name}: ${plan.say}`),
    ),
    listed(
      "Open alerts",
      open.map((alert) => `${alert.severity}: ${alert.title}`),
    ),
    facts.settled > 0
      ? `${facts.settled} other ${facts.settled === 1 ? "alert was" : "alerts were"} opened and settled.`
      : null,
    facts.link,
    "You get this because you asked for it under Your account.",
  ];
  return {
    subject: `Backups of the ${period}: ${headline.charAt(0).toLowerCase()}${headline.slice(1)}`,
    text: paragraphs.filter((paragraph) => paragraph !== null).join("\n\n"),
  };
}

function listed(title: string, lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  const more = lines.length - NAMED;
  return [
    `${title}:`,
    ...lines.slice(0, NAMED).map((line) => `- ${line}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join("\n");
}
