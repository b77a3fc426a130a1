import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { CSRF_HEADER, cookieValue, csrfCookieName } from "~/domain/csrf";
import { SIGN_IN_HOURS } from "../access/start-sign-in";
import { type AppKey, appKeys, deriveKey } from "../secrets/app-key";
import { isHttps } from "./sign-in-cookie";

/**
 * The token that every change over a cookie must bring, twice: as a cookie, which no other site can set or read, and as a header, which no
 * other site can send. It is bound to the sign-in, so one of another sign-in (an attacker's own) is worth nothing.
 */
export function csrfTokenHolds(headers: Headers, signInId: string): boolean {
  const shown = headers.get(CSRF_HEADER) ?? "";
  const kept = cookieValue(headers.get("cookie") ?? "", csrfCookieName(isHttps())) ?? "";
  return sameText(shown, kept) && isOf(shown, signInId);
}

/** As long as the cookie of a sign-in lives; without its sign-in a token is nothing. */
const COOKIE_SECONDS = SIGN_IN_HOURS * 3600;

/** `Set-Cookie` with a token for this sign-in; null when the request brings one that holds. */
export function csrfCookieFor(headers: Headers, signInId: string): string | null {
  const name = csrfCookieName(isHttps());
  const kept = cookieValue(headers.get("cookie") ?? "", name);
  if (kept !== null && isOf(kept, signInId)) return null;
  const nonce = randomBytes(18).toString("base64url");
  const token = `${nonce}.${macOf(appKeys()[0], nonce, signInId)}`;
  // Not HttpOnly: our own page reads it. SameSite=Strict: nothing that came from elsewhere brings it.
  return `${name}=${token}; Path=/; Max-Age=${COOKIE_SECONDS}; SameSite=Strict${isHttps() ? "; Secure" : ""}`;
}

/** Whether two texts are the same, in a time that says nothing of where they differ. Empty ones are never the same. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length > 0 && left.length === right.length && timingSafeEqual(left, right);
}

function isOf(token: string, signInId: string): boolean {
  const [nonce = "", mac = "", ...more] = token.split(".");
  return (
    more.length === 0 && nonce !== "" && appKeys().some((key) => sameText(mac, macOf(key, nonce, signInId)))
  );
}

function macOf(key: AppKey, nonce: string, signInId: string): string {
  const hmac = createHmac("sha256", deriveKey(key, "bbs csrf token v1"));
  return hmac.update(`${nonce}\n${signInId}`).digest("base64url");
}
