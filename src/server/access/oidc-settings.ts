import { issuerProblem } from "~/domain/oidc-issuer";
import { Refusal } from "~/domain/refusal";
import type { Setting } from "~/domain/settings";
import { env } from "~/env";
import type { Ctx } from "../context";
import { hasSettingSecret, readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";
import { demandConfirmed } from "./demand-confirmed";
import { type DiscoveredProvider, discoverProvider } from "./discover-provider";
import { lockWaysIn } from "./sign-in-settings";

/** Path at which the provider sends people back. */
export const OIDC_CALLBACK = "/api/auth/callback/oidc";

/** What an admin sees: everything but the client secret, of which only whether there is one. */
export async function getOidcSettings(ctx: Ctx) {
  return {
    ...(await readSetting(ctx, "oidc")),
    hasSecret: await hasSettingSecret(ctx, "oidc"),
    /** To be registered at the provider. */
    redirectUri: env().appUrl + OIDC_CALLBACK,
    localSignIn: (await readSetting(ctx, "sign-in")).localSignIn,
  };
}

/** `keep` leaves the client secret as it is, null takes it away: a public client, by PKCE alone. */
export type SecretChange = { set: string } | "keep" | null;

/**
 * Saves OpenID Connect, journaled. Refuses `invalid-input` for an issuer that is none, for switching it on without issuer or client id, for
 * keeping the client secret with another issuer or client (whoever is named would be given it), and for changing the way in while it is the
 * only one. Refuses `confirmation-needed`: whoever names the provider decides who comes in.
 */
export async function saveOidcSettings(
  ctx: Ctx,
  input: { value: Setting<"oidc">; secret: SecretChange },
): Promise<void> {
  demandConfirmed(ctx);
  const { secret } = input;
  const value = { ...input.value, label: input.value.label || "OpenID Connect" };
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockWaysIn(within);
    const before = await getOidcSettings(within);
    demandUsable(value);
    const elsewhere = value.issuer !== before.issuer || value.clientId !== before.clientId;
    if (!before.localSignIn && (elsewhere || !value.enabled))
      throw refused(
        "OpenID Connect is the only way to sign in. Switch passwords on under Sign-in before you change it.",
      );
    if (secret === "keep" && before.hasSecret && elsewhere)
      throw refused("The stored client secret belongs to the provider of before. Type the new one.");
    const kept = secret === "keep" ? undefined : secret === null ? null : secret.set;
    await saveSetting(within, { name: "oidc", value, secret: kept });
  });
}

/** What a provider says of itself, or in words why it cannot be used. Asked through the guard; nothing is saved. */
export async function testOidcProvider(
  ctx: Ctx,
  input: { issuer: string; hasSecret: boolean },
): Promise<{ works: true; provider: DiscoveredProvider } | { works: false; problem: string }> {
  const found = await discoverProvider(ctx, input);
  return found.found ? { works: true, provider: found.provider } : { works: false, problem: found.problem };
}

function demandUsable({ enabled, issuer, clientId }: Setting<"oidc">): void {
  if (!enabled && issuer === "") return;
  const problem = issuerProblem(issuer);
  if (problem) throw refused(problem);
  if (enabled && clientId.trim() === "") throw refused("Type the client id that the provider gave you.");
}

const refused = (say: string) => new Refusal("invalid-input", { say });
