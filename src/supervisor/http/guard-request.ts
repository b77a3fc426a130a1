import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { BlockList } from "node:net";
import { isLoopback, isTrusted, plainAddress } from "./peer-address";
import { stampHeaders } from "./stamp-headers";

/** Largest request body. The largest message of the agent protocol (500 log lines) and of the console stay far below. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;

/**
 * What stands before Next: plain http only from this machine or a trusted proxy (which ended TLS itself), bounded bodies, true
 * addresses. Others are sent to https when they only read, and refused when they send something, which has then already been seen.
 */
export function guardRequests(next: RequestListener, proxies: BlockList): RequestListener {
  return (request, response) => {
    if (!mayBePlain(request, proxies)) return demandTls(request, response);
    const bodyRefusal = refuseBody(request);
    if (bodyRefusal) return answer(response, ...bodyRefusal);
    stampHeaders(request, proxies);
    return next(request, response);
  };
}

function mayBePlain(request: IncomingMessage, proxies: BlockList): boolean {
  if ("encrypted" in request.socket && request.socket.encrypted === true) return true;
  const peer = plainAddress(request.socket.remoteAddress);
  return isLoopback(peer) || isTrusted(proxies, peer);
}

function demandTls(request: IncomingMessage, response: ServerResponse): void {
  const host = request.headers.host ?? "";
  const reading = request.method === "GET" || request.method === "HEAD";
  if (!reading || !/^[A-Za-z0-9.:[\]-]+$/.test(host)) {
    answer(response, 403, "Use https. What was just sent over http should be considered known to others.");
    return;
  }
  response.setHeader("location", `https://${host}${request.url ?? "/"}`);
  answer(response, 308, "Use https.");
}

/** Without a stated length there is no limit to hold; every program of ours and every browser states one. */
function refuseBody(request: IncomingMessage): [number, string] | null {
  if (request.headers["transfer-encoding"]) return [411, "State the length of the body (Content-Length)."];
  const bytes = Number(request.headers["content-length"] ?? 0);
  return bytes > MOST_BODY_BYTES ? [413, `The body may have at most ${MOST_BODY_BYTES} bytes.`] : null;
}

function answer(response: ServerResponse, status: number, say: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("connection", "close");
  response.end(`${say}\n`);
}
