import type { Attack } from "./attack";
import { bombAttacks } from "./families/bombs";
import { commandAttacks } from "./families/commands";
import { keyAttacks } from "./families/keys";
import { manifestAttacks } from "./families/manifests";
import { objectAttacks } from "./families/objects";
import { orderAttacks } from "./families/order";
import { rawCallAttacks } from "./families/raw-calls";
import { shapeAttacks } from "./families/shapes";

/** Everything a hostile client tries, family by family. */
export const ALL_ATTACKS: readonly Attack[] = [
  ...commandAttacks,
  ...rawCallAttacks,
  ...orderAttacks,
  ...shapeAttacks,
  ...bombAttacks,
  ...objectAttacks,
  ...manifestAttacks,
  ...keyAttacks,
];
