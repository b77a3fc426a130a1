import type { Profile } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { readOidcClaims } from "~/domain/oidc-claims";
import type { OidcRefusal } from "~/domain/oidc-decision";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";
import { type DiscoveredProvider, discoverProvider } from "../access/discover-provider";
import { OIDC_CALLBACK } from "../access/oidc-settings";
import { signInByOidc } from "../access/sign-in-by-oidc";
import { makeContext } from "../context";
import { log } from "../log";
import { guardedAgent } from "../outgoing/guard";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { openSettingSecret, readSetting } from "../settings/read-setting";

/** Why a step of signing in by OpenID Connect goes no further; the sign-in page has a sentence for each. */
export type OidcProblem = OidcRefusal | "oidc-unreachable" | "rate-limited";

export type OidcStep = { provider: OAuthConfig<Profile> } | { problem: OidcProblem };

/**
 * OpenID Connect for next-auth, made anew for each request from the setting as it is then; null when it is switched off. Only the two steps
 * that talk to the provider ask it for its addresses. All requests of openid-client leave by the guarded agent and follow no redirect.
 */
export async function oidcStep(path: readonly string[], headers: Headers): Promise<OidcStep | null> {
  const ctx = makeContext({ kind: "nobody" });
  const setting = await readSetting(ctx, "oidc");
  const [action, id] = path;
  const isStep = id === "oidc" && (action === "signin" || action === "callback");
  if (!setting.enabled) return isStep ? { problem: "oidc-off" } : null;
  const shell = { id: "oidc", name: setting.label, clientId: setting.clientId, profile: () => ({ id: "" }) };
  if (!isStep) return { provider: { ...shell, type: "oauth" } };
  try {
    await demandTry(ctx, "oidc", byAddress(headers.get("x-bbs-peer")));
  } catch (error) {
    if (error instanceof Refusal) return { problem: "rate-limited" };
    throw error;
  }
  const secret = await openSettingSecret(ctx, "oidc");
  const found = await discoverProvider(ctx, { issuer: setting.issuer, hasSecret: secret !== null });
  if (!found.found) {
    log().warn({ issuer: setting.issuer, problem: found.problem }, "OpenID Connect does not work");
    return { problem: "oidc-unreachable" };
  }
  const { protocol } = new URL(found.provider.issuer);
  const agent = await guardedAgent(ctx, protocol === "https:" ? "https:" : "http:");
  return {
    provider: {
      ...shell,
      ...endpoints(found.provider),
      type: "oauth",
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      issuer: found.provider.issuer,
      jwks_endpoint: found.provider.keysUrl,
      ...(secret === null ? {} : { clientSecret: secret }),
      client: {
        token_endpoint_auth_method: found.provider.tokenAuth,
        id_token_signed_response_alg: found.provider.signing,
      },
      httpOptions: { agent, timeout: 10_000 },
      profile: (claims) => ({ id: claims.sub ?? "" }),
    },
  };
}

/** Where people come back to is of APP_URL, whatever host the request named. */
function endpoints(found: DiscoveredProvider): Partial<OAuthConfig<Profile>> {
  const redirectUri = env().appUrl + OIDC_CALLBACK;
  let claims: Profile & { iss?: string } = {};
  return {
    authorization: {
      url: found.authorizationUrl,
      params: { scope: "openid email profile", redirect_uri: redirectUri },
    },
    token: {
      url: found.tokenUrl,
      // An answer without a code, e.g. with an ID token in the address, would pass without PKCE: it is no answer here.
      request: async ({ client, params, checks }) => {
        const tokens = await client.callback(redirectUri, params, { ...checks, response_type: "code" });
        const { iss, sub, ...told } = tokens.claims();
        // Address and name come together: from the ID token where it tells an address, else from the userinfo of the same subject.
        const asked =
          told.email === undefined && found.userinfoUrl !== null ? await client.userinfo(tokens) : told;
        claims = { ...asked, iss, sub };
        return { tokens: { id_token: "" } };
      },
    },
    userinfo: {
      ...(found.userinfoUrl === null ? {} : { url: found.userinfoUrl }),
      request: () => claims,
    },
  };
}

/** Where the browser goes when a step goes no further. next-auth's own page in the browser reads JSON, a provider's redirect is followed. */
export function turnAway(method: string, problem: OidcProblem): Response {
  const url = `${env().appUrl}/sign-in?error=${problem}`;
  return method === "POST" ? Response.json({ url }) : Response.redirect(url, 302);
}

/** Starts the sign-in of whom the provider vouches for; the text is where the browser goes when it is refused. */
export async function finishOidc(
  claims: Profile | undefined,
  headers: Headers,
): Promise<{ signInId: string } | { goTo: string }> {
  const ctx = makeContext({ kind: "nobody" });
  const read = readOidcClaims(claims);
  if (!read) return { goTo: "/sign-in?error=OAuthCallback" };
  const answer = await signInByOidc(ctx, {
    claims: read,
    peer: headers.get("x-bbs-peer"),
    device: headers.get("user-agent"),
  });
  return answer.kind === "signed-in"
    ? { signInId: answer.signInId }
    : { goTo: `/sign-in?error=${answer.why}` };
}
