import type { StoredEntry } from "./entry-hash";
import { whoDidIt } from "./who-did-it";

const COLUMNS = [
  "id",
  "at",
  "who",
  "actorKind",
  "actorId",
  "action",
  "say",
  "clientId",
  "repositoryId",
  "detail",
  "previousHash",
  "hash",
] as const;

export const CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/** One entry as a line of CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe. */
export function entryAsCsv(entry: StoredEntry): string {
  const row = {
    ...entry,
    at: entry.at.toISOString(),
    who: whoDidIt(entry),
    detail: JSON.stringify(entry.detail),
  };
  return `${COLUMNS.map((column) => csvField(row[column])).join(",")}\r\n`;
}

/** One entry as a line of JSON, with every field that its hash is made over. */
export function entryAsJsonLine(entry: StoredEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The signs by which spreadsheets know a formula, also in their wide forms; tab and carriage return may stand before one. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const harmless = typeof value === "string" && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
