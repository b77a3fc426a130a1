import { env } from "~/env";

/** What a request tells of the page that sent it: one of ours, another's, or nothing at all (a program, or a very old browser). */
export type From = "us" | "elsewhere" | "untold";

/**
 * Where a request comes from, by `Origin` and `Sec-Fetch-Site`, which no page can set. Both must agree when both are there. Ours is APP_URL's
 * origin and the one that this very request came to, as our server stamped it: people open the console under more than one name, and a page
 * on another name gets no cookie of ours, so its word is worth nothing to an attacker.
 */
export function whereFrom(headers: Headers): From {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === null && origin === null) return "untold";
  if (site !== null && site !== "same-origin") return "elsewhere";
  if (origin !== null && !ownOrigins(headers).includes(origin)) return "elsewhere";
  return "us";
}

function ownOrigins(headers: Headers): string[] {
  const protocol = headers.get("x-forwarded-proto") ?? new URL(env().appUrl).protocol.replace(":", "");
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  const reached = `${protocol}://${host}`;
  return [new URL(env().appUrl).origin, ...(URL.canParse(reached) ? [new URL(reached).origin] : [])];
}
