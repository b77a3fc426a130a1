import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";

/** What the sign-in page offers, to anybody who opens it. */
export interface WaysToSignIn {
  /** E-mail and password, and passkeys. */
  local: boolean;
  oidc: { label: string } | null;
}

export async function waysToSignIn(ctx: Pick<Ctx, "db">): Promise<WaysToSignIn> {
  const { localSignIn } = await readSetting(ctx, "sign-in");
  const { enabled, label } = await readSetting(ctx, "oidc");
  return { local: localSignIn, oidc: enabled ? { label } : null };
}
