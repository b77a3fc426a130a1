import { z } from "zod";
import { issuerProblem } from "~/domain/oidc-issuer";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { type GuardOptions, guardedFetch } from "../outgoing/guard";
import { OutgoingProblem } from "../outgoing/outgoing-problem";

/** What a provider of OpenID Connect says of itself, as far as signing in needs it. */
export interface DiscoveredProvider {
  /** The very text that was asked for. */
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  keysUrl: string;
  userinfoUrl: string | null;
  tokenAuth: "client_secret_basic" | "client_secret_post" | "none";
  /** Algorithm of its ID tokens. */
  signing: string;
  /** Whether it says that it checks PKCE; we send it in any case. */
  saysPkce: boolean;
}

export type Discovery = { found: true; provider: DiscoveredProvider } | { found: false; problem: string };

/**
 * Fetches the discovery document of an issuer through the guard (OpenID Connect Discovery 1.0). A problem is told in words for the admin:
 * no answer, an internal address, another issuer than asked for, a way of signing or of showing the client secret that we do not have.
 * Redirects are not followed: the issuer is where it says it is. `hasSecret`: whether a client secret is set.
 */
export async function discoverProvider(
  ctx: Pick<Ctx, "db">,
  input: { issuer: string; hasSecret: boolean },
  options: GuardOptions = {},
): Promise<Discovery> {
  const wrong = issuerProblem(input.issuer);
  if (wrong) return { found: false, problem: wrong };
  const url = `${input.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const answer = await guardedFetch(ctx, url, {
      ...options,
      follow: false,
      headers: { accept: "application/json" },
    });
    if (answer.status !== 200) return missing(`${url} answered with status ${answer.status}, not 200.`);
    return readDocument(answer.body, url, input);
  } catch (error) {
    if (error instanceof Refusal || error instanceof OutgoingProblem) return missing(error.say);
    throw error;
  }
}

const words = z.array(z.string());
const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  userinfo_endpoint: z.string().optional(),
  response_types_supported: words.optional(),
  token_endpoint_auth_methods_supported: words.default(["client_secret_basic"]),
  id_token_signing_alg_values_supported: words.default(["RS256"]),
  code_challenge_methods_supported: words.optional(),
});

/** In the order in which we would have them; RS256 is what every provider must know. No shared secrets (HS256), never `none`. */
const SIGNING = ["RS256", "PS256", "ES256", "EdDSA", "ES384", "ES512", "PS384", "PS512", "RS384", "RS512"];

function readDocument(body: string, url: string, asked: { issuer: string; hasSecret: boolean }): Discovery {
  const parsed = document.safeParse(parseJson(body));
  if (!parsed.success) return missing(`What ${url} answers is no OpenID Connect discovery document.`);
  const found = parsed.data;
  if (found.issuer !== asked.issuer)
    return missing(`The provider calls itself "${found.issuer.slice(0, 200)}". Type the issuer exactly so.`);
  const addresses = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri];
  const all = [...addresses, ...(found.userinfo_endpoint ? [found.userinfo_endpoint] : [])];
  const { protocol } = new URL(asked.issuer);
  if (!all.every((address) => URL.canParse(address) && new URL(address).protocol === protocol))
    return missing(`The provider names addresses that do not begin with ${protocol}//.`);
  if (found.response_types_supported?.includes("code") === false)
    return missing("The provider does not offer the authorization code flow.");
  const tokenAuth = tokenAuthOf(found.token_endpoint_auth_methods_supported, asked.hasSecret);
  if (!tokenAuth) return missing("The provider takes a client secret in no way that this server knows.");
  const signing = SIGNING.find((one) => found.id_token_signing_alg_values_supported.includes(one));
  if (!signing) return missing("The provider signs in no way that this server takes.");
  return {
    found: true,
    provider: {
      issuer: found.issuer,
      authorizationUrl: found.authorization_endpoint,
      tokenUrl: found.token_endpoint,
      keysUrl: found.jwks_uri,
      userinfoUrl: found.userinfo_endpoint ?? null,
      tokenAuth,
      signing,
      saysPkce: found.code_challenge_methods_supported?.includes("S256") === true,
    },
  };
}

function tokenAuthOf(
  offered: readonly string[],
  hasSecret: boolean,
): DiscoveredProvider["tokenAuth"] | undefined {
  if (!hasSecret) return "none";
  return (["client_secret_basic", "client_secret_post"] as const).find((one) => offered.includes(one));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says of anything unreadable that it is no discovery document.
    return null;
  }
}

const missing = (problem: string): Discovery => ({ found: false, problem });
