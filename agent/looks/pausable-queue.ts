/** More than this wait, then whoever fills the queue waits too. */
const MOST_WAITING = 2000;
/** Worked on at once. */
const BATCH = 200;

/**
 * Works on what is added, in order and in batches, while more comes in; `whenBehind` is null or resolves when there is room again, so that
 * a fast producer cannot fill the memory. A failure of `work` comes out of `drained`.
 */
export function pausableQueue<Item>(work: (batch: readonly Item[]) => Promise<void>) {
  let waiting: Item[] = [];
  let working: Promise<void> | null = null;
  let failed: { error: unknown } | null = null;
  const run = async () => {
    while (waiting.length > 0 && failed === null) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        await work(batch);
      } catch (error) {
        failed = { error };
      }
    }
    waiting = [];
    working = null;
  };
  return {
    add(item: Item): void {
      if (failed !== null) return;
      waiting.push(item);
      working ??= run();
    },
    whenBehind: (): Promise<void> | null => (waiting.length > MOST_WAITING ? working : null),
    async drained(): Promise<void> {
      await working;
      if (failed !== null) throw failed.error;
    },
  };
}
