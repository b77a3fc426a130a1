/** One column of a table: its heading and how to show it. */
export type Column<Row> = [heading: string, show: (row: Row) => string | number | null];

/** Where a command's answer goes: tables for people, one JSON document (or line per event) for programs. */
export interface Output {
  json: boolean;
  /** The answer of a command. */
  print(value: unknown, forPeople: string): void;
  table<Row>(rows: readonly Row[], columns: Column<Row>[], whenEmpty: string): void;
  /** One event of a stream: a JSON line, or a line for people (null: nothing to see). */
  event(value: unknown, forPeople: string | null): void;
}

export function makeOutput(json: boolean, write: (text: string) => void): Output {
  return {
    json,
    print: (value, forPeople) =>
      write(json ? `${JSON.stringify(value, null, 2)}\n` : `${forPeople.replace(/\n$/, "")}\n`),
    table: (rows, columns, whenEmpty) =>
      write(
        json
          ? `${JSON.stringify(rows, null, 2)}\n`
          : rows.length === 0
            ? `${whenEmpty}\n`
            : drawTable(rows, columns),
      ),
    event: (value, forPeople) => {
      if (json) write(`${JSON.stringify(value)}\n`);
      else if (forPeople !== null) write(`${forPeople}\n`);
    },
  };
}

function drawTable<Row>(rows: readonly Row[], columns: Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(([, show]) => oneLine(show(row))));
  const widths = columns.map(([heading], at) =>
    Math.max(heading.length, ...cells.map((line) => line[at]?.length ?? 0)),
  );
  const draw = (line: string[]) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[columns.map(([heading]) => heading.toUpperCase()), ...cells].map(draw).join("\n")}\n`;
}

/** Control characters from file names and logs must not reach the terminal. */
export function oneLine(value: string | number | null): string {
  if (value === null) return "-";
  return String(value).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** `1.2 GiB`; null: `-`. */
export function showBytes(bytes: number | null): string {
  if (bytes === null) return "-";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `2026-11-23 04:05:06` in the zone of this machine; null: `-`. */
export function showInstant(at: Date | null): string {
  if (at === null) return "-";
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
