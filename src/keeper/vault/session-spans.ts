/** A writing session of the ledger: the last committed segment when it was let in and when it had ended. */
export type LedgeredSession = { sequence: number; before: number; after: number };

/** The segments from `from` up to `through`. `session` null: no session of the ledger wrote them. */
export type Span = { session: number | null; from: number; through: number };

/**
 * Splits the segments above `after`, up to `through`, by the sessions that wrote them. Sessions that committed nothing there are left
 * out; where two claim the same segments the earlier one has them.
 */
export function spansOf(after: number, through: number, sessions: readonly LedgeredSession[]): Span[] {
  const spans: Span[] = [];
  let position = after;
  for (const session of sessions.toSorted((a, b) => a.before - b.before || a.sequence - b.sequence)) {
    const end = Math.min(session.after, through);
    if (end <= position) continue;
    const begin = Math.min(Math.max(session.before, position), through);
    if (begin > position) spans.push({ session: null, from: position + 1, through: begin });
    if (end > begin) spans.push({ session: session.sequence, from: begin + 1, through: end });
    position = end;
  }
  if (position < through) spans.push({ session: null, from: position + 1, through });
  return spans;
}

/** The span that a segment lies in. */
export function spanOf(spans: readonly Span[], segment: number): Span {
  let [low, high] = [0, spans.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.through ?? segment) < segment) low = middle + 1;
    else high = middle;
  }
  return spans[low] ?? { session: null, from: segment, through: segment };
}

/** Goes through spans with segments in ascending order. */
export class SpanCursor {
  readonly #spans: readonly Span[];
  #at = 0;

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** The span of a segment that is not below the one asked for before. */
  of(segment: number): Span {
    let span = this.#spans[this.#at];
    while (span && segment > span.through) span = this.#spans[++this.#at];
    return span ?? { session: null, from: segment, through: segment };
  }
}
