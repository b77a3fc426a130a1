/**
 * The steps of an update, in their order; the agent may be killed at the beginning of each, and either version goes on (tests/programs/agent-
 * update-kills stops at every one of them).
 */
export const UPDATE_STEPS = [
  /** In the running agent. */
  "opening",
  "downloading",
  "unpacking",
  "proving",
  "waiting",
  "recording",
  "switching",
  "handing-over",
  /** In the new one, once the server has answered it. */
  "confirming",
  "pinning",
  "reporting",
  "forgetting",
  "cleaning",
] as const;
/** In the launcher and in the old agent, when the new one did not hold. */
export const FALL_BACK_STEPS = ["telling-why", "putting-back", "falling-back"] as const;

export type UpdateStep = (typeof UPDATE_STEPS)[number] | (typeof FALL_BACK_STEPS)[number];

/** Says in the service's log where an update is, so that what a power cut interrupted can be read there. */
export function noteStep(step: UpdateStep): void {
  process.stderr.write(`update: ${step}\n`);
}
