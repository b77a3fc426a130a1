import { sql } from "drizzle-orm";
import type postgres from "postgres";
import type { Db } from "./index";

/** One thing changed. Sent inside the transaction that changed it, so it arrives only if the change did. */
export interface Change {
  entity: "client" | "repository" | "plan" | "schedule" | "job" | "alert" | "archive" | "release" | "system";
  id: string;
  clientId: string | null;
  /** For jobs: who must act on it now, if anybody. */
  wake?: "agent" | "worker";
}

const CHANNEL = "bbs_changes";

/** Tells every process (NOTIFY; delivered at commit, identical ones of one transaction once). */
export async function announce(db: Db, change: Change): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, ${JSON.stringify(change)})`);
}

/** Tells of many changes in one statement. */
export async function announceAll(db: Db, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const texts = sql.param(changes.map((change) => JSON.stringify(change)));
  await db.execute(sql`select pg_notify(${CHANNEL}, told) from unnest(${texts}::text[]) told`);
}

export interface ChangeFeed {
  /** Calls back on every change until the returned function is called. */
  subscribe(onChange: (change: Change) => void): () => void;
  close(): Promise<void>;
}

/**
 * Listens on one connection for the whole process. After a lost connection postgres.js listens again by itself; changes of the
 * gap are lost, so `onReconnect` lets waiters look for themselves once.
 */
export async function openChangeFeed(client: postgres.Sql, onReconnect: () => void): Promise<ChangeFeed> {
  const subscribers = new Set<(change: Change) => void>();
  let first = true;
  const listening = await client.listen(
    CHANNEL,
    (text) => {
      const change = JSON.parse(text) as Change;
      for (const subscriber of subscribers) subscriber(change);
    },
    () => {
      if (!first) onReconnect();
      first = false;
    },
  );
  return {
    subscribe(onChange) {
      subscribers.add(onChange);
      return () => subscribers.delete(onChange);
    },
    close: () => listening.unlisten(),
  };
}
