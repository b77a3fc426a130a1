import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { plannedAfter } from "~/domain/next-run";
import { NO_OBJECTIVES, NO_OPTIONS } from "~/domain/no-options";
import type { Schedule } from "~/domain/schedule";
import { MAIN_NODE } from "~/server/clients/ensure-storage-node";
import type { Db } from "~/server/db";
import { clients } from "~/server/db/schema/clients";
import { planCopies, plans } from "~/server/db/schema/plans";
import { repositories } from "~/server/db/schema/repositories";
import { schedules } from "~/server/db/schema/schedules";
import { TEST_MACHINE, TEST_POLICY } from "./fleet";

/** A machine of {@link scheduledFleet}, with one plan by one schedule. */
export interface ScheduledMachine {
  clientId: string;
  planId: string;
  repositoryId: string;
  /** A second repository of the plan; null: it has one. */
  copyId: string | null;
  scheduleId: string;
  schedule: Schedule;
}

/** Rows in one statement: PostgreSQL takes 65,535 parameters. */
const AT_ONCE = 2000;

/**
 * Many enrolled machines with a ready repository, a plan and a schedule each, saved at `now`. Ids are `c1`, `p1`, `r1`, `s1` and so on, so
 * that a history can be compared with another. Written past the rooms, which would journal each; storage node `main` must be there.
 */
export async function scheduledFleet(
  db: Db,
  now: Date,
  given: readonly { schedule: Schedule; twoRepositories?: boolean }[],
): Promise<ScheduledMachine[]> {
  const machines = given.map(({ schedule, twoRepositories }, index): ScheduledMachine => {
    const at = index + 1;
    const copyId = twoRepositories ? `x${at}` : null;
    return {
      clientId: `c${at}`,
      planId: `p${at}`,
      repositoryId: `r${at}`,
      copyId,
      scheduleId: `s${at}`,
      schedule,
    };
  });
  const instants = { createdAt: now, updatedAt: now };
  for (let at = 0; at < machines.length; at += AT_ONCE) {
    const part = machines.slice(at, at + AT_ONCE);
    await db.insert(clients).values(
      part.map(({ clientId }) => ({
        ...{ id: clientId, name: `machine-${clientId}`, storageNodeId: MAIN_NODE, createdAt: now },
        ...{ enrolledAt: now, provisionedAt: now, sshUser: `bbs-${clientId}`, lastSeenAt: now },
        ...{ machine: TEST_MACHINE, policy: TEST_POLICY },
      })),
    );
    const stores = part.flatMap(({ clientId, repositoryId, copyId }) =>
      [repositoryId, ...(copyId ? [copyId] : [])].map((id) => ({ id, clientId })),
    );
    await db.insert(repositories).values(
      stores.map((store) => ({
        ...{
          ...store,
          storageNodeId: MAIN_NODE,
          name: `store-${store.id}`,
          state: "ready" as const,
          passphraseSealed: sql`'none'`,
        },
        ...{ borgId: randomBytes(32).toString("hex"), createdAt: now },
      })),
    );
    await db.insert(plans).values(
      part.map(({ clientId, repositoryId, planId }) => ({
        ...{ id: planId, clientId, repositoryId, name: "System", sources: ["/etc"], excludes: [] },
        ...{ compression: "lz4", oneFileSystem: false, excludeCaches: false, keep: null },
        ...{ options: NO_OPTIONS, objectives: NO_OBJECTIVES, ...instants },
      })),
    );
    const copies = part.flatMap(({ planId, copyId }) => (copyId ? [{ planId, repositoryId: copyId }] : []));
    if (copies.length > 0) await db.insert(planCopies).values(copies);
    await db.insert(schedules).values(
      part.map(({ scheduleId, clientId, planId, schedule }) => {
        const next = plannedAfter(schedule, now, planId);
        const times = { nextDueAt: next?.dueAt ?? null, nextRunAt: next?.runAt ?? null };
        return {
          id: scheduleId,
          purpose: "backup" as const,
          clientId,
          planId,
          schedule,
          enabled: true,
          ...times,
          ...instants,
        };
      }),
    );
  }
  await db.execute(sql`analyze`);
  return machines;
}
