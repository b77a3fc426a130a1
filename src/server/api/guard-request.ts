import { jsonTrouble } from "~/domain/json-shape";
import type { RefusalCode } from "~/domain/refusal";
import { whereFrom } from "./same-origin";

/** Largest body of an API request: a restore of 10,000 paths of 8 KB does not fit, one of 10,000 usual ones does. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

/** Most calls in one request; our own pages send no more (src/trpc/react.tsx). */
const MOST_CALLS = 20;

export interface Objection {
  status: number;
  code: RefusalCode;
  say: string;
  retryAfterSeconds?: number | null;
}

/**
 * Why a request to the API is not even looked at; null when it may pass. A change must be JSON, which no form can send across sites,
 * and must come from our own pages as the browser itself tells it (`Origin`, `Sec-Fetch-Site`). What tells nothing of it is a program; it may
 * have a token, which no browser adds by itself, but no cookie.
 */
export function objectionTo(request: Request): Objection | null {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > LARGEST_BODY_BYTES) return TOO_LARGE;
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.split(/,|%2c/i).length > MOST_CALLS) {
    return { status: 400, code: "invalid-input", say: `Send at most ${MOST_CALLS} calls at once.` };
  }
  const asked = objectionToShape(searchParams.get("input") ?? "");
  if (asked) return asked;
  if (request.method === "GET" || request.method === "HEAD") return null;
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return { status: 415, code: "invalid-input", say: "Send JSON with content-type application/json." };
  }
  if (request.headers.has("authorization")) return null;
  const from = whereFrom(request.headers);
  const fine = from === "us" || (from === "untold" && !request.headers.has("cookie"));
  return fine ? null : FROM_ELSEWHERE;
}

/**
 * The request with its body read; an objection when the body is larger than may be, whatever its headers say (a chunked one names no
 * length), or when its shape is one that no caller of ours sends. Nothing beyond the limit is kept in memory.
 */
export async function readWithinLimit(request: Request): Promise<Request | Objection> {
  if (!request.body) return request;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const objection = objectionToShape(body.toString("utf8"));
  if (objection) return objection;
  const { method, headers, signal } = request;
  return new Request(request.url, { method, headers, signal, body });
}

/** What is said to a page that is not ours, or that cannot show it. */
export const FROM_ELSEWHERE: Objection = {
  status: 403,
  code: "forbidden",
  say: "This request came from another site.",
};

const TOO_LARGE: Objection = { status: 413, code: "invalid-input", say: "This request is too large." };

function objectionToShape(text: string): Objection | null {
  switch (jsonTrouble(text)) {
    case "too-deep":
      return { status: 400, code: "invalid-input", say: "This request is nested too deeply." };
    case "prototype":
      return {
        status: 400,
        code: "invalid-input",
        say: "This request names something that no request may name.",
      };
    default:
      return null;
  }
}
