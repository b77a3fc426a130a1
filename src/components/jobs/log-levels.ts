import type { TailLine } from "~/domain/log-tail";

/** Which lines one may ask for: from a level up. */
export const LEVEL_CHOICES = [
  { value: "all", label: "All levels" },
  { value: "info", label: "Without debug" },
  { value: "warning", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
] as const;
export type LevelChoice = (typeof LEVEL_CHOICES)[number]["value"];

const ORDER: readonly TailLine["level"][] = ["debug", "info", "warning", "error"];

/** The levels of a choice; undefined: all of them. */
export function levelsOf(choice: LevelChoice): TailLine["level"][] | undefined {
  return choice === "all" ? undefined : ORDER.slice(ORDER.indexOf(choice));
}

/** Whether a line fits what was asked for; the same rule as the server's for a page of the log. */
export function fitsFilter(line: TailLine, choice: LevelChoice, search: string): boolean {
  const levels = levelsOf(choice);
  return (
    (!levels || levels.includes(line.level)) && line.message.toLowerCase().includes(search.toLowerCase())
  );
}

/** A line as text to paste. */
export function lineText(line: TailLine): string {
  return `${line.at.toISOString()} ${line.level.toUpperCase().padEnd(7)} ${line.message}`;
}
