/**
 * Milliseconds to wait before try number `failures + 1`: doubles from half a second to `mostMs`, each time between half and all of
 * it at random, so that a thousand agents do not come back in the same second. `random` is in [0, 1).
 */
export function backoffMs(failures: number, mostMs: number, random: number): number {
  const full = Math.min(mostMs, 500 * 2 ** Math.min(failures, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/** No server makes an agent wait longer than this. */
const LONGEST_WAIT_SECONDS = 900;

/** The same after an answer that says how long to wait (Retry-After): at least so long, and up to a tenth longer at random. */
export function retryMs(
  failures: number,
  given: { mostMs: number; retryAfterSeconds: number | null; random: number },
): number {
  const asked = Math.min(given.retryAfterSeconds ?? 0, LONGEST_WAIT_SECONDS) * 1000;
  return Math.max(
    backoffMs(failures, given.mostMs, given.random),
    Math.round(asked * (1 + given.random / 10)),
  );
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
