import { KeeperRefuses } from "./refusal";

/**
 * What someone does with a repository. `read` and `write`: sessions. `audit`: reads what no session changes meanwhile, so readers may
 * stay. `maintain`: changes what is stored, alone.
 */
export type LeaseMode = "read" | "write" | "audit" | "maintain";

/** Gives the lease back. Only the first call counts. */
export type Release = () => void;

const EXCLUDED_BY: Readonly<Record<LeaseMode, readonly LeaseMode[]>> = {
  read: ["maintain"],
  write: ["maintain", "audit", "write"],
  audit: ["maintain", "audit", "write"],
  maintain: ["maintain", "audit", "write", "read"],
};

/** Beyond it node's timers run at once; who is willing to wait longer waits for ever. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Held = Record<LeaseMode, number>;
type Waiter = { repositoryId: string; mode: LeaseMode; grant: (release: Release) => void };

/**
 * The leases of each repository, in this process (there is one keeper per storage node). borg's own lock cannot do this: it ends with
 * each borg, and clients may break it. A free lease is granted before control returns, so who comes a moment later sees it.
 */
export class Leases {
  readonly #held = new Map<string, Held>();
  #waiting: Waiter[] = [];
  /** What long work that keeps everybody out is, for the person, by repository. */
  readonly #why = new Map<string, string>();

  /** A session that only reads. Waits, at most so long, for maintenance to end. */
  read(repositoryId: string, patienceMs: number, signal: AbortSignal): Promise<Release> {
    return this.#wait(repositoryId, "read", patienceMs, signal);
  }

  /** The one session that writes. */
  write(repositoryId: string, patienceMs: number, signal: AbortSignal): Promise<Release> {
    return this.#wait(repositoryId, "write", patienceMs, signal);
  }

  /** Judging what is new, and sealing it. A session that is just ending is given `patienceMs`. */
  audit(repositoryId: string, patienceMs: number, signal: AbortSignal): Promise<Release> {
    return this.#wait(repositoryId, "audit", patienceMs, signal);
  }

  /** Changing what is stored. */
  maintain(repositoryId: string, patienceMs: number, signal: AbortSignal): Promise<Release> {
    return this.#wait(repositoryId, "maintain", patienceMs, signal);
  }

  /**
   * At once or not at all: refuses `session-open` while a session is in the way and `repository-locked` while the server's own work is,
   * or another session of the same kind.
   */
  take(repositoryId: string, mode: LeaseMode): Release {
    const held = this.#held.get(repositoryId) ?? { read: 0, write: 0, audit: 0, maintain: 0 };
    const by = EXCLUDED_BY[mode].find((other) => held[other] > 0);
    if (by !== undefined) throw refusal(mode, by, this.#why.get(repositoryId));
    held[mode] += 1;
    this.#held.set(repositoryId, held);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      held[mode] -= 1;
      if (Object.values(held).every((count) => count === 0)) this.#held.delete(repositoryId);
      this.#grantWaiting(repositoryId);
    };
  }

  /** From now on who is kept out by maintenance is told this; null: the usual words. Refused work may come again later all the same. */
  explain(repositoryId: string, say: string | null): void {
    if (say === null) this.#why.delete(repositoryId);
    else this.#why.set(repositoryId, say);
  }

  isHeld(repositoryId: string, mode: LeaseMode): boolean {
    return (this.#held.get(repositoryId)?.[mode] ?? 0) > 0;
  }

  #wait(repositoryId: string, mode: LeaseMode, patienceMs: number, signal: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      const cancelled = () => reject(new KeeperRefuses("cancelled", "It was cancelled."));
      if (signal.aborted) return cancelled();
      let why: unknown;
      try {
        return resolve(this.take(repositoryId, mode));
      } catch (error) {
        why = error;
      }
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        clearTimeout(patience);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        ...{ repositoryId, mode },
        grant: (release) => {
          leave();
          resolve(release);
        },
      };
      const onAbort = () => {
        leave();
        cancelled();
      };
      this.#waiting.push(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
      const giveUp = () => {
        leave();
        reject(why);
      };
      const patience = patienceMs < LONGEST_TIMER_MS ? setTimeout(giveUp, patienceMs) : undefined;
    });
  }

  /** In the order they came. */
  #grantWaiting(repositoryId: string) {
    for (const waiter of this.#waiting.filter((one) => one.repositoryId === repositoryId)) {
      let release: Release;
      try {
        release = this.take(repositoryId, waiter.mode);
      } catch {
        continue;
      }
      waiter.grant(release);
    }
  }
}

function refusal(wanted: LeaseMode, by: LeaseMode, why: string | undefined): KeeperRefuses {
  if (by === "maintain")
    return new KeeperRefuses(
      "repository-locked",
      why ?? "The server is working on this repository. Try again in a few minutes.",
    );
  if (by === "audit")
    return new KeeperRefuses(
      "repository-locked",
      "The server is checking what the session before this one wrote. Try again in a minute.",
    );
  if (wanted === "write")
    return new KeeperRefuses(
      "repository-locked",
      "Another session of this client is writing to this repository. Try again when it has ended.",
    );
  return new KeeperRefuses(
    "session-open",
    by === "write"
      ? "The client is connected and may be writing. Try again when its session has ended."
      : "The client is connected and reading. Try again when its session has ended.",
  );
}
