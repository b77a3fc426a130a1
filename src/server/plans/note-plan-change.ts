import { changedFields } from "~/domain/changed-fields";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import type { PlanOptions } from "~/domain/plan-options";
import { allKeepRules, type KeepRules, type StoredKeepRules } from "~/domain/retention";
import { sayKeepRules } from "~/domain/retention-words";
import { isSameValue } from "~/domain/same-value";
import { withoutBoxes } from "~/domain/sealed-boxes";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";

/** A plan's fields as they stand before or after. What is kept has an entry of its own. */
type Fields = Readonly<Record<string, unknown>> & { options?: PlanOptions };
type Named = { id: string; name: string; repositoryId: string };

/** Journals a plan that was made, with what it says. */
export async function noteCreated(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: Named,
  fields: Fields,
  from: string | null,
): Promise<void> {
  const { options, ...rest } = fields;
  await appendEntry(ctx, {
    action: "plan.created",
    say: `Made the plan ${plan.name}${from === null ? "" : ` as a copy of ${from}`}.`,
    ...{ clientId: may.clientId, repositoryId: plan.repositoryId },
    detail: { planId: plan.id, before: null, after: { ...rest, ...(options ? withoutBoxes(options) : {}) } },
  });
}

/**
 * Journals which fields were changed, each option by its own name; nothing when none was. A sealed password is told of as sealed, and that
 * it was typed anew. `because` ends the sentence, for example "by the profile Servers".
 */
export async function noteChange(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: Named,
  change: { before: Fields; after: Fields; because: string | null },
): Promise<void> {
  const changed = changedFields(flat(change.before), flat(change.after));
  if (changed === null) return;
  const names = Object.keys(changed.after).join(", ");
  await appendEntry(ctx, {
    action: "plan.changed",
    say: `Changed the plan ${plan.name}${change.because === null ? "" : ` ${change.because}`}: ${names}.`,
    ...{ clientId: may.clientId, repositoryId: plan.repositoryId },
    detail: { planId: plan.id, before: told(changed.before), after: told(changed.after) },
  });
}

/** Journals a change of what is kept: it decides what is deleted from now on. */
export async function noteKeep(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: Named & { keep: KeepRules | null },
  before: StoredKeepRules | null,
): Promise<void> {
  if (isSameValue(before && allKeepRules(before), plan.keep)) return;
  await appendEntry(ctx, {
    action: "plan.keep",
    say: `Plan ${plan.name} keeps ${sayKeepRules(plan.keep)}; before it kept ${sayKeepRules(before)}.`,
    clientId: may.clientId,
    repositoryId: plan.repositoryId,
    detail: { planId: plan.id, before, after: plan.keep },
  });
}

function flat({ options, ...fields }: Fields): Record<string, unknown> {
  return options ? { ...fields, ...NO_OPTIONS, ...options } : fields;
}

/** The same without boxes. */
function told(fields: Record<string, unknown>): Record<string, unknown> {
  const { databases } = fields as { databases?: PlanOptions["databases"] };
  return databases ? { ...fields, databases: withoutBoxes({ ...NO_OPTIONS, databases }).databases } : fields;
}
