import { isSameValue } from "./same-value";

/**
 * What differs between two states of a thing, as the journal tells it: `before` and `after` hold only the fields of `after` that changed.
 * Null: nothing did. Fields are compared as JSON says them, in whatever order their keys stand.
 */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const changed = Object.keys(after).filter((key) => !isSameValue(before[key], after[key]));
  if (changed.length === 0) return null;
  const only = (state: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(changed.map((key) => [key, state[key] ?? null]));
  return { before: only(before), after: only(after) };
}
