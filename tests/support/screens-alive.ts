import { gt, isNotNull, sql } from "drizzle-orm";
import { ONLINE_SECONDS } from "~/server/clients/client-row";
import type { Pool } from "~/server/db";
import { announce } from "~/server/db/changes";
import { clients } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { systemNodeStatus } from "~/server/db/schema/system";
import { progressAt } from "./screens-history";

/** Keeps the fleet of the screenshots alive: online clients are heard of, the running backup moves. Answers how to stop it. */
export function keepMoving(pool: Pool): () => void {
  let gigabytes = 41;
  const timer = setInterval(() => void beat().catch(() => clearInterval(timer)), 1500);
  async function beat() {
    gigabytes += 0.16;
    await pool.db
      .update(clients)
      .set({ lastSeenAt: new Date() })
      .where(gt(clients.lastSeenAt, new Date(Date.now() - ONLINE_SECONDS * 1000)));
    await pool.db
      .update(systemNodeStatus)
      .set({ at: new Date() })
      .where(isNotNull(systemNodeStatus.storageNodeId));
    const moved = await pool.db
      .update(jobs)
      .set({ progress: progressAt(new Date(), gigabytes) })
      .where(sql`${jobs.state} = 'running' and ${jobs.leaseExpiresAt} > now()`)
      .returning({ id: jobs.id, clientId: jobs.clientId });
    for (const { id, clientId } of moved) await announce(pool.db, { entity: "job", id, clientId });
  }
  return () => clearInterval(timer);
}
