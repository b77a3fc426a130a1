import { createHash } from "node:crypto";
import { cookieValue } from "~/domain/csrf";
import { env } from "~/env";
import { cookieSecrets } from "../secrets/app-key";
import { sameText } from "./csrf-token";
import { whereFrom } from "./same-origin";
import { isHttps } from "./sign-in-cookie";
import { statusOfSignInError } from "./sign-in-error";

/**
 * What stands before next-auth: signing in and out must come from our own pages, with next-auth's token, compared here in constant time
 * (next-auth compares it plainly) and with every key that may have made it. Null: let next-auth do it. The address that it answers to
 * errors of pages is not served: it writes into our log whatever anybody sends.
 */
export async function objectionToAuth(request: Request): Promise<Response | null> {
  if (request.method === "GET" || request.method === "HEAD") return null;
  if (new URL(request.url).pathname.endsWith("/_log")) return new Response(null, { status: 204 });
  if (whereFrom(request.headers) !== "us") return refuse("other-site");
  return (await bringsToken(request)) ? null : refuse("page-too-old");
}

/** An answer of next-auth with the status that belongs to it: it knows 401 only. */
export async function withRightStatus(response: Response): Promise<Response> {
  if (response.status !== 401) return response;
  const body = await response.clone().text();
  const told = statusOfSignInError(errorIn(body) ?? "");
  if (!told) return response;
  const headers = new Headers(response.headers);
  headers.set("retry-after", String(told.retryAfterSeconds));
  return new Response(body, { status: told.status, headers });
}

/** In next-auth's own shape: its code in the browser reads the error from the address. */
function refuse(error: string): Response {
  const url = `${env().appUrl}/sign-in?error=${error}`;
  return Response.json({ url }, { status: 403, headers: { "cache-control": "no-store" } });
}

async function bringsToken(request: Request): Promise<boolean> {
  const body = await request.clone().text();
  const given = new URLSearchParams(body).get("csrfToken") ?? "";
  const name = isHttps() ? "__Host-next-auth.csrf-token" : "next-auth.csrf-token";
  const kept = cookieValue(request.headers.get("cookie") ?? "", name) ?? "";
  const [token = "", mac = ""] = kept.split(/\||%7C/i);
  const ours = cookieSecrets().some((secret) =>
    sameText(mac, createHash("sha256").update(`${token}${secret}`).digest("hex")),
  );
  return sameText(given, token) && ours;
}

function errorIn(body: string): string | null {
  const [, url = ""] = /"url":"([^"]+)"/.exec(body) ?? [];
  return URL.canParse(url) ? new URL(url).searchParams.get("error") : null;
}
