import "~/components/system/zod-without-eval";
import { type PlanProfileInput, planProfile } from "~/domain/plan-settings";

/** What is wrong with a template or profile by the server's own rules, by the field of a plan's form. Heavy: loaded when it is saved. */
export function checkProfile(profile: PlanProfileInput): { path: string; message: string }[] {
  const parsed = planProfile.safeParse(profile);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({
    path: path[0] === "settings" ? path.slice(1).join(".") : path.join("."),
    message,
  }));
}
