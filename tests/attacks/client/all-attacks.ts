import type { Attack } from "./attack";
import { rollBackAttacks } from "./families/after-roll-back";
import { bombAttacks } from "./families/bombs";
import { commandAttacks } from "./families/commands";
import { gateSocketAttacks } from "./families/gate-socket";
import { interleavingAttacks } from "./families/interleaving";
import { junkArchiveAttacks } from "./families/junk-archives";
import { keyAttacks } from "./families/keys";
import { manifestAttacks } from "./families/manifests";
import { objectAttacks } from "./families/objects";
import { orderAttacks } from "./families/order";
import { quotaAttacks } from "./families/quota";
import { rawCallAttacks } from "./families/raw-calls";
import { secondClientAttacks } from "./families/second-client";
import { segmentAttacks } from "./families/segments";
import { sessionAttacks } from "./families/sessions";
import { shapeAttacks } from "./families/shapes";
import { shellAttacks } from "./families/shell";
import { timeAttacks } from "./families/time";

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
  ...junkArchiveAttacks,
  ...quotaAttacks,
  ...sessionAttacks,
  ...shellAttacks,
  ...segmentAttacks,
  ...gateSocketAttacks,
  ...timeAttacks,
  ...interleavingAttacks,
  ...rollBackAttacks,
  ...secondClientAttacks,
];
