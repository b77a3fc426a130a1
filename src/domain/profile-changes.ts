import {
  applySettings,
  PLAN_PARTS,
  type PlanPart,
  type PlanSettings,
  type PlanValues,
  partsOf,
  pickParts,
} from "./plan-parts";
import { isSameValue } from "./same-value";

/** One part of a plan that a profile would change, in words. */
export interface PlanChange {
  part: PlanPart;
  label: string;
  before: string;
  after: string;
}

/**
 * What applying these settings would change of a plan, in the order of the editor; empty: it is so already. Pure and without a clock:
 * the preview and what is applied come from the same words.
 */
export function profileChanges(plan: PlanValues, settings: PlanSettings): PlanChange[] {
  const applied = applySettings(plan, settings);
  return partsOf(settings)
    .filter((part) => !isSameValue(pickParts(plan, [part]), pickParts(applied, [part])))
    .map((part) => {
      const { label, say } = PLAN_PARTS[part];
      return { part, label, before: say(plan), after: say(applied) };
    });
}
