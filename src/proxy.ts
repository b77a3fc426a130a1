import { type NextRequest, NextResponse } from "next/server";
import { csrfCookieFor } from "~/server/api/csrf-token";
import { readSignInCookie } from "~/server/api/sign-in-cookie";

/**
 * The content security policy of every page, with a fresh nonce that Next puts on its own tags. Edit when a page needs something
 * from elsewhere; tests/e2e shows that no page violates it. `style-src-attr` is open because server-rendered style attributes are
 * dropped otherwise; style elements stay closed. The other security headers are those of every answer (supervisor/http).
 * A page of a sign-in also gets the token that its changes must bring.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  // Where to go back to after a sign-in; layouts do not learn the address otherwise.
  headers.set("x-bbs-path", request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  const cookie = await csrfCookie(request.headers);
  if (cookie) response.headers.append("set-cookie", cookie);
  return response;
}

async function csrfCookie(headers: Headers): Promise<string | null> {
  const signInId = await readSignInCookie(headers);
  return signInId ? csrfCookieFor(headers, signInId) : null;
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    // Else it falls back to script-src, which names no host.
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types default",
  ].join("; ");
}

/** Pages only: programs that call the API, fetch the agent or poll have no use for it. */
export const config = { matcher: ["/((?!api/|_next/|agent/|install\\.sh|.*\\.svg$|.*\\.ico$).*)"] };
