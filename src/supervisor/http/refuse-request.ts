import type { IncomingMessage } from "node:http";

/** Largest request body. The largest message of the agent protocol (500 log lines) and of the console stay far below. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;

/** Outside of the two APIs nobody sends more than a form with an e-mail and a password. */
const MOST_FORM_BYTES = 64 * 1024;

/** Longest address of a page or query. Our own pages keep to 2,000 characters. */
const MOST_URL_CHARACTERS = 8 * 1024;

/** Status and words when a request is one that no program of ours and no browser sends; null when it may be looked at. */
export function refusalOf(request: IncomingMessage): [status: number, say: string] | null {
  return refuseAddress(request) ?? refuseBody(request);
}

/** One host, and a path on it: what names a host in the path, or two of them, is read differently by different programs. */
function refuseAddress({ url = "", headers, rawHeaders }: IncomingMessage): [number, string] | null {
  if (url.length > MOST_URL_CHARACTERS) return [414, "This address is too long."];
  if (!/^\/(?![/\\])[^\\]*$/.test(url)) return [400, "Ask for a path of this server."];
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  const named = /^[A-Za-z0-9._-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(headers.host ?? "");
  return hosts === 1 && named ? null : [400, "Name one host."];
}

/** Without a stated length there is no limit to hold; every program of ours and every browser states one. */
function refuseBody({ url = "", headers }: IncomingMessage): [number, string] | null {
  if (headers["transfer-encoding"]) return [411, "State the length of the body (Content-Length)."];
  const bytes = Number(headers["content-length"] ?? 0);
  const most = /^\/api\/(trpc|agent)\//.test(url) ? MOST_BODY_BYTES : MOST_FORM_BYTES;
  return bytes > most ? [413, `The body may have at most ${most} bytes.`] : null;
}
