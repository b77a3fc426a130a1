import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";

/**
 * Refuses `forbidden` while an admin has switched local sign-in off: passwords, passkeys as whole sign-in, links to new passwords, joining
 * with a password. Asked before anything is hashed or looked up, so it tells nothing of who exists.
 */
export async function demandLocalSignIn(ctx: Pick<Ctx, "db">): Promise<void> {
  if ((await readSetting(ctx, "sign-in")).localSignIn) return;
  const { label } = await readSetting(ctx, "oidc");
  throw new Refusal("forbidden", {
    say: `Passwords and passkeys are switched off on this server. Sign in with ${label || "OpenID Connect"}.`,
  });
}
