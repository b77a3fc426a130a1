import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";
import { lockWaysIn } from "./sign-in-settings";

/**
 * Makes passwords and passkeys work again: the way back when the provider of OpenID Connect is gone. For `bbs-admin` on the server itself,
 * journaled. May run twice; `wasOff` tells whether it changed anything.
 */
export async function switchLocalSignInOn(ctx: Ctx): Promise<{ wasOff: boolean }> {
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockWaysIn(within);
    const value = await readSetting(within, "sign-in");
    if (value.localSignIn) return { wasOff: false };
    const say = "Switched local sign-in on again with bbs-admin, on the server itself.";
    await saveSetting(within, { name: "sign-in", value: { ...value, localSignIn: true }, say });
    return { wasOff: true };
  });
}
