import { cookieValue } from "~/domain/csrf";
import { env } from "~/env";
import { decodeCookie } from "./decode-cookie";

/** The id of the sign-in in a request's cookie; null when there is none or it was not made by us. Says nothing of its row. */
export async function readSignInCookie(headers: Headers): Promise<string | null> {
  const value = cookieValue(headers.get("cookie") ?? "", cookieName());
  if (!value) return null;
  // Made with a key of nobody's or tampered with: the same as no cookie. A missing APP_KEY was refused at start.
  const token = await decodeCookie({ token: unescaped(value) });
  return typeof token?.sid === "string" ? token.sid : null;
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Whether people reach the console over https; decides how cookies are named and marked. */
export function isHttps(): boolean {
  return env().appUrl.startsWith("https:");
}

/** `__Host-`: the browser takes it only over https, for this host and the whole of it. */
export function cookieName(): string {
  return isHttps() ? "__Host-bbs.sign-in" : "bbs.sign-in";
}
