/** A writing session of the ledger: the last committed segment when it was let in and when it had ended. */
export type LedgeredSession = { sequence: number; before: number; after: number };

/** The segments up to `through` that come after the span before. `session` null: no session of the ledger wrote them. */
export type Span = { session: number | null; through: number };

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
    if (session.before > position) spans.push({ session: null, through: Math.min(session.before, through) });
    spans.push({ session: session.sequence, through: end });
    position = end;
  }
  if (position < through) spans.push({ session: null, through });
  return spans;
}
