import { outgoingEntryProblem } from "~/domain/outgoing-entry";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { saveSetting } from "../settings/save-setting";

/**
 * Saves which internal hosts and ranges outgoing connections may reach, journaled; each once, in the order given. Refuses `invalid-input`
 * for an entry that is none, or one so wide that it would switch the guard off. The caller has asked for a confirmation.
 */
export async function saveOutgoing(ctx: Ctx, input: { allowed: readonly string[] }): Promise<void> {
  const allowed = [...new Set(input.allowed.map((entry) => entry.trim().toLowerCase()))];
  const problem = allowed.map(outgoingEntryProblem).find((one) => one !== null);
  if (problem) throw new Refusal("invalid-input", { say: problem });
  await saveSetting(ctx, { name: "outgoing", value: { allowed } });
}
