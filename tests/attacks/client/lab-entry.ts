import { env } from "~/env";
import { recordAttackLab } from "~/server/system/attack-lab";
import { runAttackLab } from "./lab";

/** What tests/attack-lab.mjs needs of the TypeScript side. */
export { recordAttackLab, runAttackLab };
export const dataFolder = env().data;
