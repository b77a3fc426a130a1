import { setTimeout as wait } from "node:timers/promises";
import { KeeperRefuses } from "./refusal";

const TRY_AGAIN_MS = 200;

type Waiter = { repositoryIds: string[]; grant: () => void };

/**
 * One lease per repository, in this process (there is one keeper per storage node). Sessions share it; what writes or removes inside
 * a repository from our side holds it alone. borg's own lock cannot do this: it ends with each borg, and clients may break it.
 */
export class Leases {
  readonly #shared = new Map<string, number>();
  readonly #exclusive = new Set<string>();
  #waiting: Waiter[] = [];

  /**
   * For a session: waits until maintenance has left all these repositories. A free one is granted before this returns control, so a
   * write that comes a moment later sees the session. Rejects when `signal` aborts. Call the result once to give the lease back.
   */
  async share(repositoryIds: readonly string[], signal: AbortSignal): Promise<() => void> {
    const ids = [...repositoryIds];
    if (ids.some((id) => this.#exclusive.has(id))) {
      await new Promise<void>((resolve, reject) => {
        const waiter = { repositoryIds: ids, grant: resolve };
        this.#waiting.push(waiter);
        signal.addEventListener("abort", () => {
          this.#waiting = this.#waiting.filter((other) => other !== waiter);
          reject(new KeeperRefuses("cancelled", "The session ended before it began."));
        });
      });
    } else this.#count(ids, 1);
    return once(() => this.#count(ids, -1));
  }

  /**
   * `take`, but a session that is just ending is given `patienceMs`: a backup's job is done a moment before its last process is gone.
   */
  async takeSoon(repositoryId: string, patienceMs: number, signal: AbortSignal): Promise<() => void> {
    for (let waitedMs = 0; ; waitedMs += TRY_AGAIN_MS) {
      try {
        return this.take(repositoryId);
      } catch (error) {
        const isSession = error instanceof KeeperRefuses && error.code === "session-open";
        if (!isSession || waitedMs >= patienceMs || signal.aborted) throw error;
      }
      await wait(TRY_AGAIN_MS);
    }
  }

  /** For one write. Refuses at once while a session is open or another write runs. Give it back with the result. */
  take(repositoryId: string): () => void {
    if (this.#exclusive.has(repositoryId))
      throw new KeeperRefuses(
        "repository-locked",
        "Other maintenance of this repository is running. Try again when it has ended.",
      );
    if ((this.#shared.get(repositoryId) ?? 0) > 0)
      throw new KeeperRefuses(
        "session-open",
        "The client is connected and may be writing. Try again when its session has ended.",
      );
    this.#exclusive.add(repositoryId);
    return once(() => {
      this.#exclusive.delete(repositoryId);
      this.#grantWaiting();
    });
  }

  #grantWaiting() {
    const still: Waiter[] = [];
    for (const waiter of this.#waiting) {
      if (waiter.repositoryIds.some((id) => this.#exclusive.has(id))) still.push(waiter);
      else {
        this.#count(waiter.repositoryIds, 1);
        waiter.grant();
      }
    }
    this.#waiting = still;
  }

  #count(ids: readonly string[], by: 1 | -1) {
    for (const id of ids) {
      const now = (this.#shared.get(id) ?? 0) + by;
      if (now === 0) this.#shared.delete(id);
      else this.#shared.set(id, now);
    }
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
