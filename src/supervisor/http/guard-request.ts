import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { BlockList } from "node:net";
import { isLoopback, isTrusted, plainAddress } from "./peer-address";
import { refusalOf } from "./refuse-request";
import { setSecurityHeaders } from "./security-headers";
import { isHttps, stampHeaders } from "./stamp-headers";
import { keepToldLength } from "./told-length";

/**
 * What stands before Next: plain http only from this machine or a trusted proxy (which ended TLS itself), bounded addresses and bodies, true
 * addresses, and the security headers of every answer. Others are sent to https when they only read, and refused when they send something,
 * which has then already been seen.
 */
export function guardRequests(next: RequestListener, proxies: BlockList): RequestListener {
  return (request, response) => {
    setSecurityHeaders(request, response, { https: isHttps(request, proxies) });
    const refusal = refusalOf(request);
    if (refusal) return answer(response, ...refusal);
    if (!mayBePlain(request, proxies)) return demandTls(request, response);
    stampHeaders(request, proxies);
    keepToldLength(response);
    return next(request, response);
  };
}

function mayBePlain(request: IncomingMessage, proxies: BlockList): boolean {
  if ("encrypted" in request.socket && request.socket.encrypted === true) return true;
  const peer = plainAddress(request.socket.remoteAddress);
  return isLoopback(peer) || isTrusted(proxies, peer);
}

/** To the host that was asked: it can lead nobody but whoever named it astray, and no cache may keep it for another. */
function demandTls(request: IncomingMessage, response: ServerResponse): void {
  const reading = request.method === "GET" || request.method === "HEAD";
  if (!reading) {
    answer(response, 403, "Use https. What was just sent over http should be considered known to others.");
    return;
  }
  response.setHeader("location", `https://${request.headers.host}${request.url}`);
  response.setHeader("cache-control", "no-store");
  answer(response, 308, "Use https.");
}

function answer(response: ServerResponse, status: number, say: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("connection", "close");
  response.end(`${say}\n`);
}
