/** A line of a job's log as the server gives it. `cursor` is `<hand-out>-<number>`, counted up by one within a hand-out. */
export interface TailLine {
  cursor: string;
  at: Date;
  level: "debug" | "info" | "warning" | "error";
  message: string;
}

/** Most lines a tab holds of a log that it follows; older ones are read again by paging. */
export const LONGEST_TAIL = 20_000;

/**
 * Adds what a live subscription brought. It may bring lines again (a reconnect starts with the last lines), and it may have missed
 * some: then only what is known to be without a gap is kept, so that a log never reads as if nothing had been in between.
 */
export function extendTail(known: readonly TailLine[], incoming: readonly TailLine[]): readonly TailLine[] {
  const last = known.at(-1);
  const fresh = last ? incoming.filter((line) => compareCursors(line.cursor, last.cursor) > 0) : incoming;
  const first = fresh[0];
  if (!first) return known;
  // At least one line that is known came again: nothing lies between. Else the numbers must follow each other.
  const overlaps = fresh.length < incoming.length;
  const joined =
    last === undefined || overlaps || follows(last.cursor, first.cursor) ? [...known, ...fresh] : fresh;
  return joined.length > LONGEST_TAIL ? joined.slice(-LONGEST_TAIL) : joined;
}

/** Order of the log: by hand-out, then by number. */
export function compareCursors(a: string, b: string): number {
  const [left, right] = [parseCursor(a), parseCursor(b)];
  return left.lease - right.lease || left.sequence - right.sequence;
}

/** Whether lines before this one exist: it is not the first line of the first hand-out. */
export function hasEarlierLines(lines: readonly TailLine[]): boolean {
  const first = lines[0];
  return first !== undefined && parseCursor(first.cursor).sequence > 1;
}

function follows(before: string, after: string): boolean {
  const [left, right] = [parseCursor(before), parseCursor(after)];
  return left.lease === right.lease ? right.sequence === left.sequence + 1 : right.sequence === 1;
}

function parseCursor(cursor: string): { lease: number; sequence: number } {
  const [lease, sequence] = cursor.split("-").map(Number);
  return { lease: lease ?? 0, sequence: sequence ?? 0 };
}
