import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { isTrusted, plainAddress, truePeer } from "./peer-address";

/** Headers by which a request could lie about where it comes from or steer Next itself. `x-bbs-csrf` is a page's own (domain/csrf). */
const NOT_FROM_OUTSIDE =
  /^(x-forwarded-|x-bbs-(?!csrf$)|x-middleware-|x-invoke-|forwarded$|x-real-ip$|x-client-ip$|true-client-ip$|cf-connecting-ip$)/;

/**
 * Takes away what the request says of its own origin and writes what we know: `x-bbs-peer` (true peer address, the only one that
 * route handlers read), `x-forwarded-for|proto|host` (for next and next-auth). Answers the true peer.
 */
export function stampHeaders(request: IncomingMessage, proxies: BlockList): string {
  const socketPeer = plainAddress(request.socket.remoteAddress);
  const throughProxy = isTrusted(proxies, socketPeer);
  const { headers } = request;
  const peer = truePeer(socketPeer, last(headers, "x-forwarded-for"), proxies);
  const protocol = isHttps(request, proxies) ? "https" : "http";
  const host = (throughProxy ? last(headers, "x-forwarded-host") : undefined) ?? headers.host ?? "localhost";

  for (const name of Object.keys(headers)) if (NOT_FROM_OUTSIDE.test(name)) delete headers[name];
  const stamped = {
    "x-bbs-peer": peer,
    "x-forwarded-for": peer,
    "x-forwarded-proto": protocol,
    "x-forwarded-host": host,
  };
  Object.assign(headers, stamped);
  request.rawHeaders = [...keptRawHeaders(request.rawHeaders), ...Object.entries(stamped).flat()];
  return peer;
}

/** Whether the person's or agent's own connection is encrypted: ours, or that of a trusted proxy, which tells. */
export function isHttps(request: IncomingMessage, proxies: BlockList): boolean {
  const throughProxy = isTrusted(proxies, plainAddress(request.socket.remoteAddress));
  const told = throughProxy ? last(request.headers, "x-forwarded-proto") : undefined;
  if (told === "https" || told === "http") return told === "https";
  return "encrypted" in request.socket && request.socket.encrypted === true;
}

function last(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(",") : value)?.trim() || undefined;
}

function keptRawHeaders(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = "", value = ""] = raw.slice(i, i + 2);
    if (!NOT_FROM_OUTSIDE.test(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
