/**
 * Waiting without looking again and again: one side rings, the other sleeps until then. A ring that comes before the wait is not
 * lost. Edit never for a new use; it knows nothing of what is waited for.
 */
export interface Doorbell {
  ring(): void;
  /** Resolves at the next ring (or one not yet answered), after `ms`, or when `signal` aborts, whichever is first. */
  wait(options: { ms?: number; signal?: AbortSignal | undefined }): Promise<"rung" | "time" | "gone">;
}

export function doorbell(): Doorbell {
  let rung = false;
  let answer: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      answer?.();
    },
    wait({ ms, signal }) {
      return new Promise((resolve) => {
        const finish = (why: "rung" | "time" | "gone") => {
          answer = null;
          if (why === "rung") rung = false;
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          resolve(why);
        };
        const onAbort = () => finish("gone");
        const timer = ms === undefined ? undefined : setTimeout(() => finish("time"), ms);
        if (signal?.aborted) return finish("gone");
        if (rung) return finish("rung");
        signal?.addEventListener("abort", onAbort, { once: true });
        answer = () => finish("rung");
      });
    },
  };
}
