/**
 * What must be let go when this process is asked to stop: held polls and live streams, which would keep it for minutes. The HTTP
 * server around Next calls every member of the set once. On globalThis, because Next loads a module once per bundle.
 */
const shared = globalThis as typeof globalThis & { bbsOnShutdown?: Set<() => void> };

/** Calls back when the process is asked to stop, until the returned function is called. */
export function onShutdown(listener: () => void): () => void {
  shared.bbsOnShutdown ??= new Set();
  const listeners = shared.bbsOnShutdown;
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A signal that aborts when `signal` does or the process is asked to stop. Call `release` when the work is over. */
export function untilShutdown(signal: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const own = new AbortController();
  const abort = () => own.abort();
  const unlisten = onShutdown(abort);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  return {
    signal: own.signal,
    release() {
      unlisten();
      signal?.removeEventListener("abort", abort);
    },
  };
}
