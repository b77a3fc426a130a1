import type { UserId } from "./id";
import type { Setting } from "./settings";

/** What a provider says of somebody, after its signature, audience, nonce and times were checked. */
export interface OidcClaims {
  issuer: string;
  /** The provider's own name for this person: never given to another, unlike an address. */
  subject: string;
  email: string | null;
  /** Only a literal `true` of the provider. */
  emailVerified: boolean;
  name: string | null;
}

/** A person of this server, as far as the decision needs it. */
export interface KnownPerson {
  userId: UserId;
  email: string;
  disabled: boolean;
}

/** Why somebody whom a provider vouches for does not come in. */
export const OIDC_REFUSALS = [
  "oidc-off",
  "oidc-issuer",
  "oidc-disabled",
  "oidc-no-email",
  "oidc-unverified",
  "oidc-denied",
] as const;
export type OidcRefusal = (typeof OIDC_REFUSALS)[number];

export type OidcDecision =
  | { kind: "sign-in"; userId: UserId }
  | { kind: "link"; userId: UserId }
  | { kind: "create"; pending: boolean }
  | { kind: "refuse"; why: OidcRefusal };

/**
 * Who comes in by OpenID Connect. An identity that is known is its person's, whatever its address says today. An unknown one is linked to
 * the person with the same address, or made a new person, only when the provider has verified that address: else whoever types another's
 * address at the provider would get, or wait in, that person's account. Addresses are the same when they differ in the case of a-z only:
 * Unicode's own lower case makes one of different ones (the Kelvin sign becomes k).
 */
export function decideOidc(
  claims: OidcClaims,
  known: { byIdentity: KnownPerson | null; byEmail: KnownPerson | null },
  setting: Pick<Setting<"oidc">, "enabled" | "issuer" | "newPeople">,
): OidcDecision {
  const refuse = (why: OidcRefusal): OidcDecision => ({ kind: "refuse", why });
  if (!setting.enabled) return refuse("oidc-off");
  if (claims.issuer !== setting.issuer) return refuse("oidc-issuer");
  const { byIdentity, byEmail } = known;
  if (byIdentity)
    return byIdentity.disabled ? refuse("oidc-disabled") : { kind: "sign-in", userId: byIdentity.userId };
  if (claims.email === null) return refuse("oidc-no-email");
  if (!claims.emailVerified) return refuse("oidc-unverified");
  if (byEmail) {
    if (!isSameAddress(byEmail.email, claims.email)) return refuse("oidc-denied");
    return byEmail.disabled ? refuse("oidc-disabled") : { kind: "link", userId: byEmail.userId };
  }
  if (setting.newPeople === "deny") return refuse("oidc-denied");
  return { kind: "create", pending: setting.newPeople === "pending" };
}

const isSameAddress = (one: string, other: string) => foldAscii(one) === foldAscii(other);
const foldAscii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
