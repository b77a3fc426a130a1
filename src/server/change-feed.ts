import { pool } from "./context";
import type { Change } from "./db/changes";
import { type ChangeFeed, openChangeFeed } from "./db/changes";

/**
 * The one change feed of this process, on one database connection however many wait. Edit when something new needs to be woken.
 * Held polls are found by client, so a change costs the same with one or five thousand of them.
 */
export interface SharedFeed {
  /** Every change, and `null` after a gap (the connection was lost): look for yourself. */
  onChange(listener: (change: Change | null) => void): () => void;
  /** Work for this client's agent may be there. */
  onAgentWake(clientId: string, listener: () => void): () => void;
  close(): Promise<void>;
}

/** Next loads a module once per bundle; the feed must be one per process. */
const shared = globalThis as typeof globalThis & { bbsChangeFeed?: Promise<SharedFeed> | undefined };

/** The feed of this process, opened at first use. A failed opening is tried again at the next use. */
export function changeFeed(): Promise<SharedFeed> {
  shared.bbsChangeFeed ??= openSharedFeed().catch((problem: unknown) => {
    shared.bbsChangeFeed = undefined;
    throw problem;
  });
  return shared.bbsChangeFeed;
}

async function openSharedFeed(): Promise<SharedFeed> {
  const listeners = new Set<(change: Change | null) => void>();
  const agents = new Map<string, Set<() => void>>();
  const wakeAll = () => {
    for (const listener of [...listeners]) listener(null);
    for (const waiting of [...agents.values()]) for (const wake of [...waiting]) wake();
  };
  const feed: ChangeFeed = await openChangeFeed(pool().sql, wakeAll);
  const unsubscribe = feed.subscribe((change) => {
    for (const listener of [...listeners]) listener(change);
    if (change.wake !== "agent" || !change.clientId) return;
    for (const wake of [...(agents.get(change.clientId) ?? [])]) wake();
  });
  return {
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAgentWake(clientId, listener) {
      const waiting = agents.get(clientId) ?? new Set();
      waiting.add(listener);
      agents.set(clientId, waiting);
      return () => {
        waiting.delete(listener);
        if (waiting.size === 0 && agents.get(clientId) === waiting) agents.delete(clientId);
      };
    },
    async close() {
      unsubscribe();
      shared.bbsChangeFeed = undefined;
      await feed.close();
    },
  };
}
