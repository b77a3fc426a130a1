import type { Ctx } from "../../context";
import { readSetting } from "../../settings/read-setting";
import { saveSetting } from "../../settings/save-setting";
import { makeRecoveryKeyPair } from "./recovery-key";

/** The other half of what is stored: shown to one person, once, and nowhere kept. */
export interface RecoveryKey {
  paper: string;
  publicKey: string;
}

/**
 * Makes the key that backups of this server are encrypted to from now on, in place of the one before; older files still need the older
 * key. Journaled without it. For admins and `bbs-admin`: the caller has asked who may.
 */
export async function makeRecoveryKey(ctx: Ctx): Promise<RecoveryKey> {
  const made = makeRecoveryKeyPair();
  const { publicKey: before } = await readSetting(ctx, "recovery-key");
  await saveSetting(ctx, {
    name: "recovery-key",
    value: { publicKey: made.publicKey, madeAt: ctx.now.toISOString() },
    say: `Made a ${before === "" ? "" : "new "}recovery key, ${recoveryKeyId(made.publicKey)}${before === "" ? "" : `, in place of ${recoveryKeyId(before)}`}.`,
  });
  return made;
}

/** By what a recovery key is told from another; stands on the paper and in each file. */
export const recoveryKeyId = (publicKey: string): string => publicKey.slice(0, 12);
