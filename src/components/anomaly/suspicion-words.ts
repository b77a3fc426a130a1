import type { Tone } from "~/components/ui/badge";
import type { Strength } from "~/domain/anomaly";

/** How a score is told where it is marked; null: nothing to tell. `ours`: a person said that it was meant. */
export function suspicionLook(given: {
  strength: Strength;
  resolution: "ours" | "dealt-with" | null;
}): { tone: Tone; word: string } | null {
  if (given.strength === "none") return null;
  if (given.strength === "mild") return { tone: "warn", word: "Unusual" };
  if (given.resolution === "ours") return { tone: "idle", word: "Was meant" };
  if (given.resolution === "dealt-with") return { tone: "warn", word: "Suspicious, dealt with" };
  return { tone: "fail", word: "Suspicious" };
}
