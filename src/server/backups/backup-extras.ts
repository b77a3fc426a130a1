import { and, eq } from "drizzle-orm";
import type { PlanOptions } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { uploadRateAt } from "~/domain/upload-rate";
import { BACKUP_EXTRAS_ABILITY } from "~/protocol/backup-extras";
import type { BackupOrder } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { schedules } from "../db/schema/schedules";

type Extras = Pick<
  BackupOrder,
  "borgOptions" | "databases" | "hooks" | "stopContainersLabelled" | "snapshot"
>;

/**
 * A plan's options as the agent is told them at this moment. A plan that asks for nothing sends nothing, so that every agent understands
 * it. Refuses agent-too-old: an agent that does not know these fields would leave them out and call the backup whole.
 */
export async function backupExtras(
  ctx: Ctx,
  job: { clientId: string; planId: string | null },
  options: PlanOptions,
): Promise<Extras> {
  const extras = wanted(options, uploadRateAt(options, ctx.now, await zoneOf(ctx, job.planId)));
  if (Object.keys(extras).length === 0) return extras;
  const [client] = await ctx.db
    .select({ name: clients.name, machine: clients.machine })
    .from(clients)
    .where(eq(clients.id, job.clientId));
  if (client?.machine?.abilities?.includes(BACKUP_EXTRAS_ABILITY)) return extras;
  throw new Refusal("agent-too-old", {
    say: `The agent on ${client?.name ?? "the machine"} is too old for this plan's options. Install the agent of this server on it anew; the job starts by itself then.`,
  });
}

/** The wall clock of the plan's schedule; a plan without one goes by UTC. */
async function zoneOf(ctx: Ctx, planId: string | null): Promise<string> {
  if (planId === null) return "UTC";
  const [found] = await ctx.db
    .select({ schedule: schedules.schedule })
    .from(schedules)
    .where(and(eq(schedules.planId, planId), eq(schedules.purpose, "backup")));
  return found?.schedule.zone ?? "UTC";
}

function wanted(options: PlanOptions, uploadKibPerSecond: number | null): Extras {
  const borgOptions = {
    uploadKibPerSecond,
    checkpointSeconds: options.checkpointMinutes === null ? null : options.checkpointMinutes * 60,
    filesCache: options.filesCache,
    numericIds: options.numericIds,
    noAcls: options.noAcls,
    noXattrs: options.noXattrs,
    noFlags: options.noFlags,
    sparse: options.sparse,
    keepExcludeTags: options.keepExcludeTags,
    excludeIfPresent: options.excludeIfPresent,
  };
  const plain =
    borgOptions.uploadKibPerSecond === null &&
    borgOptions.checkpointSeconds === null &&
    borgOptions.filesCache === "ctime,size,inode" &&
    borgOptions.excludeIfPresent.length === 0 &&
    !Object.values(borgOptions).includes(true);
  const { databases, hooksBefore, hooksAfter, stopContainersLabelled, snapshot } = options;
  return {
    ...(plain ? {} : { borgOptions }),
    ...(databases.length === 0 ? {} : { databases }),
    ...(hooksBefore.length + hooksAfter.length === 0
      ? {}
      : { hooks: { before: hooksBefore, after: hooksAfter } }),
    ...(stopContainersLabelled === null ? {} : { stopContainersLabelled }),
    ...(snapshot === "none" ? {} : { snapshot }),
  };
}
