import { archiveName } from "~/domain/archive-name";
import { planId } from "~/domain/id";
import type { JobPayloadOf } from "~/domain/job-payload";
import { NO_OPTIONS } from "~/domain/no-options";
import { newId } from "../db/new-id";
import type { plans } from "../db/schema/plans";

type PlanToBackUp = Pick<
  typeof plans.$inferSelect,
  "id" | "name" | "sources" | "excludes" | "compression" | "oneFileSystem" | "excludeCaches" | "options"
>;

/**
 * What a backup of a plan is told, copied from the plan as it is now: editing the plan later changes no job that waits. Call it once per
 * job: every archive has a name of its own. `limitSeconds` is the job's time limit, null for the kind's usual one.
 */
export function backupPayload(
  plan: PlanToBackUp,
  now: Date,
): { payload: JobPayloadOf<"backup">; limitSeconds: number | null } {
  // A row from before an option existed lacks it.
  const options = { ...NO_OPTIONS, ...plan.options };
  return {
    payload: {
      planId: planId.parse(plan.id),
      archiveName: archiveName(plan.name, now, newId()),
      sources: plan.sources,
      excludes: plan.excludes,
      compression: plan.compression,
      oneFileSystem: plan.oneFileSystem,
      excludeCaches: plan.excludeCaches,
      options,
    },
    limitSeconds: options.limitMinutes === null ? null : options.limitMinutes * 60,
  };
}
