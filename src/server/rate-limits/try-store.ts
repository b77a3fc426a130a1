/** A key and how many tries it has in a window. */
export interface Quota {
  key: string;
  tries: number;
}

/**
 * Where tries are counted, for every web replica the same. Each call is one step that nothing can come between; a store that does not
 * answer throws. tests/rooms/rate-limits/contract.test.ts holds for all of them.
 */
export interface TryStore {
  /**
   * Counts one try against each key, in the order given, and stops at the first that has none left: that key and those after it are not
   * counted. `refusedUntil`: the end of its window; null: all were counted. A window begins with its first try.
   */
  count(given: { now: Date; seconds: number; quotas: readonly Quota[] }): Promise<{
    refusedUntil: Date | null;
  }>;
  /** Takes back one try of each key that was counted at `now`, if its window is still the same. */
  giveBack(given: { now: Date; seconds: number; keys: readonly string[] }): Promise<void>;
  /** Forgets what was counted against these keys. */
  forget(keys: readonly string[]): Promise<void>;
}
