import type { Ctx } from "../../context";
import { readObjectives } from "../read-objectives";
import type { Finding } from "../sync-alerts";

/** Plans that broke a promise: no audited archive in time, or no restore that proves it. */
export async function lookAtObjectives(ctx: Ctx): Promise<Finding[]> {
  const judged = await readObjectives(ctx, { lateOnly: true });
  return judged
    .filter((plan) => plan.state === "breached")
    .map((plan) => ({
      ...{ key: `objective-breached ${plan.planId}`, kind: "objective-breached" },
      ...{ clientId: plan.clientId, planId: plan.planId },
      title: `${plan.clientName}: ${plan.planName} does not keep its promise`,
      say: plan.say,
    }));
}
