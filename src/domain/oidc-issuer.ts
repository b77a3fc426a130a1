/**
 * Why a text cannot be an issuer of OpenID Connect; null when it can. https only, because the sign-in of everybody passes there; plain http
 * to this very machine. No query and no fragment (OpenID Connect Discovery 1.0, section 2).
 */
export function issuerProblem(text: string): string | null {
  if (!URL.canParse(text)) return "Type the issuer's address, beginning with https://.";
  const url = new URL(text);
  if (url.username || url.password) return "The issuer's address must not hold a name or a password.";
  if (url.search || url.hash || /[?#]/.test(text)) return "The issuer's address has neither ? nor #.";
  if (url.protocol === "https:") return null;
  return url.protocol === "http:" && isThisMachine(url.hostname)
    ? null
    : "The issuer's address must begin with https://.";
}

const isThisMachine = (host: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);
