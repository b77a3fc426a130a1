import { type Layer, plural, type SecurityFacts } from "./security-facts";
import { layersOfPeople } from "./security-of-people";
import { layersOfRecords } from "./security-of-records";
import { layersOfStorage } from "./security-of-storage";

/** Every layer of the promise with its state on this very installation, always the same layers in the same order. */
export function judgeSecurity(facts: SecurityFacts): Layer[] {
  return [...layersOfStorage(facts), ...layersOfPeople(facts), ...layersOfRecords(facts)];
}

/** "11 of 13 protections are on; 2 need you." */
export function securityHeadline(layers: readonly Pick<Layer, "state">[]): string {
  const on = layers.filter(({ state }) => state === "on").length;
  const rest = layers.length - on;
  if (rest === 0) return `All ${plural(layers.length, "protection")} are on.`;
  return `${on} of ${plural(layers.length, "protection")} are on; ${rest} ${rest === 1 ? "needs" : "need"} you.`;
}
