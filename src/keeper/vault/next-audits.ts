/** A repository that was handed out and not audited is handed out again after this long: its audit may have been lost. */
const HANDED_OUT_AGAIN_MS = 30_000;

type Waiter = { wake: () => void };

/**
 * Which repositories must be audited, in this process: the vault records say the same after a restart. Sessions that wait for the
 * audit before them are woken here.
 */
export class NextAudits {
  readonly #now: () => Date;
  /** When it was handed out last; null: not yet. */
  readonly #due = new Map<string, number | null>();
  readonly #askers = new Set<Waiter>();
  readonly #settled = new Map<string, Set<Waiter>>();
  /** Audited while a process of the client lived, so not sealed: by repository, whose client. */
  readonly #unsealed = new Map<string, string>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** There is something to judge. Who asks for work learns of it at once, also when it was handed out before. */
  isDue(repositoryId: string): void {
    this.#due.set(repositoryId, null);
    for (const asker of [...this.#askers]) asker.wake();
  }

  /** A writing session has given its lease back: what was due and busy can be handed out now. */
  leaseIsFree(): void {
    for (const asker of [...this.#askers]) asker.wake();
  }

  /** Found clean, but something of the client ran: it is due again when a session of that client ends. */
  sealLater(repositoryId: string, clientId: string): void {
    this.#unsealed.set(repositoryId, clientId);
  }

  /** A session of this client has ended. */
  clientLeft(clientId: string): void {
    for (const [repositoryId, owner] of this.#unsealed) {
      if (owner !== clientId) continue;
      this.#unsealed.delete(repositoryId);
      this.isDue(repositoryId);
    }
  }

  /** The audit came to an end, clean or not: sessions that wait for it look again. */
  hasEnded(repositoryId: string): void {
    this.#due.delete(repositoryId);
    for (const waiter of [...(this.#settled.get(repositoryId) ?? [])]) waiter.wake();
  }

  /** What may be audited now; when there is nothing, waits at most `waitMs` for the first. `isBusy`: not while a client writes. */
  async next(
    waitMs: number,
    isBusy: (repositoryId: string) => boolean,
    signal: AbortSignal,
  ): Promise<string[]> {
    const deadline = this.#now().getTime() + waitMs;
    for (;;) {
      const now = this.#now().getTime();
      const ready = [...this.#due].flatMap(([repositoryId, handedOutAt]) =>
        (handedOutAt === null || now - handedOutAt >= HANDED_OUT_AGAIN_MS) && !isBusy(repositoryId)
          ? [repositoryId]
          : [],
      );
      for (const repositoryId of ready) this.#due.set(repositoryId, now);
      if (ready.length > 0 || now >= deadline || signal.aborted) return ready;
      await waitIn(this.#askers, Math.min(deadline - now, HANDED_OUT_AGAIN_MS), signal);
    }
  }

  /** Resolves when the next audit of it has ended, when the time is over or `signal` aborts. Listens from the call on. */
  untilEnded(repositoryId: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const waiters = this.#settled.get(repositoryId) ?? new Set();
    this.#settled.set(repositoryId, waiters);
    return waitIn(waiters, waitMs, signal).finally(() => {
      if (waiters.size === 0) this.#settled.delete(repositoryId);
    });
  }
}

function waitIn(waiters: Set<Waiter>, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      waiters.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const waiter = { wake };
    // node's timers run at once beyond 2^31 ms; who waits so long looks again after a day.
    const timer = setTimeout(wake, Math.min(waitMs, 24 * 3600 * 1000));
    waiters.add(waiter);
    if (signal.aborted) wake();
    else signal.addEventListener("abort", wake, { once: true });
  });
}
