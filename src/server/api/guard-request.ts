import type { RefusalCode } from "~/domain/refusal";

/** Largest body of an API request: a restore of 10,000 paths of 8 KB does not fit, one of 10,000 usual ones does. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

export interface Objection {
  status: 400 | 403 | 413 | 415;
  code: RefusalCode;
  say: string;
}

/**
 * Why a request to the API is not even looked at; null when it may pass. A change must be JSON, which no form can send across sites,
 * and one that brings a cookie must come from our own pages (`Sec-Fetch-Site`, else `Origin`). Tokens need no such check: a browser
 * never adds them by itself.
 */
export function objectionTo(request: Request): Objection | null {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > LARGEST_BODY_BYTES) {
    return TOO_LARGE;
  }
  if (request.method === "GET" || request.method === "HEAD") return null;
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return { status: 415, code: "invalid-input", say: "Send JSON with content-type application/json." };
  }
  if (request.headers.has("authorization") || !request.headers.has("cookie")) return null;
  return fromOurPages(request)
    ? null
    : { status: 403, code: "forbidden", say: "This request came from another site." };
}

/**
 * The request with its body read; null when the body is larger than may be, whatever its headers say (a chunked one names no length).
 * Nothing beyond the limit is kept in memory.
 */
export async function readWithinLimit(request: Request): Promise<Request | null> {
  if (!request.body) return request;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  const { method, headers, signal } = request;
  return new Request(request.url, { method, headers, signal, body: Buffer.concat(chunks) });
}

/** What is said of a body that is larger than may be. */
export const TOO_LARGE: Objection = { status: 413, code: "invalid-input", say: "This request is too large." };

function fromOurPages(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.get("host");
}
