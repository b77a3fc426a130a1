/**
 * Milliseconds to wait before try number `failures + 1`: doubles from half a second to `mostMs`, each time between half and all of
 * it at random, so that a thousand agents do not come back in the same second. `random` is in [0, 1).
 */
export function backoffMs(failures: number, mostMs: number, random: number): number {
  const full = Math.min(mostMs, 500 * 2 ** Math.min(failures, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/** Waits; ends early, without throwing, when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
