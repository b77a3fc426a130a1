/** How a page shows that it is ours when it changes something: it reads a cookie that only our pages can read, and sends it as a header. */
export const CSRF_HEADER = "x-bbs-csrf";

/** In an answer that refused for want of a token: the cookie now holds one, so asking once more is worth it. */
export const CSRF_RENEWED_HEADER = "x-bbs-csrf-renewed";

/** Name of the cookie. `__Host-`: set over https, for this very host, by nobody else; no sub-domain can plant one. */
export function csrfCookieName(https: boolean): string {
  return https ? "__Host-bbs.csrf" : "bbs.csrf";
}

/** The value of a cookie in a `Cookie` header or `document.cookie`; null when it is not there. Of two with one name the first. */
export function cookieValue(cookies: string, name: string): string | null {
  const pair = cookies
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair === undefined ? null : pair.slice(name.length + 1);
}
