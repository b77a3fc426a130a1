/** Why a sign-in by OpenID Connect came back without one, by the `error` in the address; null when there is none. For the person. */
export function oidcProblem(error: string | string[] | undefined): string | null {
  if (typeof error !== "string" || error === "") return null;
  return SENTENCES[error] ?? "Signing in did not work. Try again; if it stays so, ask an admin.";
}

const AGAIN = "Signing in at the provider did not come to its end. Try again; if it stays so, ask an admin.";

const SENTENCES: Record<string, string> = {
  "oidc-off": "This way of signing in is switched off.",
  "oidc-issuer": "The provider is not the one that this server trusts. Ask an admin.",
  "oidc-disabled": "Your account here is disabled. Ask an admin.",
  "oidc-no-email":
    "Your provider did not tell your e-mail address, and without one you cannot get an account here.",
  "oidc-unverified":
    "Your provider has not verified your e-mail address, so it opens no account here. Verify it there, then try again.",
  "oidc-denied": "Nobody has made you an account here yet. Ask an admin to invite you.",
  "oidc-unreachable": "The provider does not answer as it should. Try again in a minute, or ask an admin.",
  "rate-limited": "Too many tries from your network. Wait five minutes, then try again.",
  OAuthSignin: AGAIN,
  OAuthCallback: AGAIN,
  Callback: AGAIN,
};
