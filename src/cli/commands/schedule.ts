import type { Command } from "commander";
import { findClient } from "../find-by-name";
import { showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

const DAY_MS = 86_400_000;

export function addScheduleCommands(program: Command, session: Session): void {
  const schedule = program.command("schedule").description("When plans run by themselves.");

  schedule
    .command("calendar")
    .description("What begins when, and what became of what was due; times in this machine's zone.")
    .option("--from <day>", "e.g. 2026-11-23; left out: now")
    .option("--days <number>", "how many days", "7")
    .option("--client <client>", "of this client only")
    .action(async (options: { from?: string; days: string; client?: string }) => {
      const days = Number(options.days);
      if (!(Number.isInteger(days) && days > 0)) throw new UsageError("--days must be a whole number.");
      const from = options.from === undefined ? new Date() : readDay(options.from);
      const bbs = await session.bbs();
      const clientId = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const to = new Date(from.getTime() + days * DAY_MS);
      const { entries, truncated } = await bbs.schedules.calendar.query({ from, to, clientId });
      session.out().table(
        entries,
        [
          ["when", (row) => showInstant(row.at)],
          ["client", (row) => row.clientName],
          ["plan", (row) => row.planName],
          ["what", (row) => (row.paused ? "paused" : row.kind)],
          ["why", (row) => row.reason?.say ?? null],
        ],
        "Nothing is planned.",
      );
      if (truncated) session.note("There is more; ask for fewer days or one client.");
    });
}

/** Midnight of a day in this machine's zone. */
function readDay(text: string): Date {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const day = parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : null;
  if (!day || Number.isNaN(day.getTime()) || day.getMonth() !== Number(parts?.[2]) - 1)
    throw new UsageError(`${text} is not a day such as 2026-11-23.`);
  return day;
}
