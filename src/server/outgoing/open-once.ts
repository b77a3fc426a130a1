import http from "node:http";
import https from "node:https";
import { Refusal } from "~/domain/refusal";
import type { CheckedResolve } from "./check-target";
import { type Bounds, checkedAgent } from "./checked-agent";
import { OutgoingProblem } from "./outgoing-problem";

export interface OutgoingRequest extends Bounds {
  method: "GET" | "HEAD" | "POST" | "PUT";
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
}

export interface FetchedAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** Where it came from, after redirects. */
  url: string;
}

/** An answer whose body is read as it comes. Whoever does not read it to its end closes it. */
export interface OpenedAnswer extends Omit<FetchedAnswer, "body"> {
  pieces: AsyncGenerator<Buffer>;
  close(): void;
}

/** One request and the head of its answer, whatever its status: nothing is followed. Throws what `guardedFetch` throws, also from `pieces`. */
export function openOnce(url: URL, options: OutgoingRequest, resolve: CheckedResolve): Promise<OpenedAnswer> {
  const { method, headers, body } = options;
  const protocol = url.protocol === "https:" ? "https:" : "http:";
  const agent = checkedAgent(protocol, resolve, options);
  const sent = { method, agent, headers: { "accept-encoding": "identity", ...headers } };
  return new Promise((done, fail) => {
    // A socket that our own bounds ended tells the request only that it is gone.
    const told = (error: Error) => problemOf(request.socket?.errored ?? error, url);
    const request = (protocol === "https:" ? https : http).request(url, sent, (answer) => {
      done({
        ...{ status: answer.statusCode ?? 0, headers: answer.headers, url: url.href },
        pieces: readPieces(answer, told),
        close: () => request.destroy(),
      });
    });
    request.on("error", (error) => fail(told(error)));
    request.end(body);
  });
}

async function* readPieces(
  answer: http.IncomingMessage,
  told: (error: Error) => Error,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of answer) yield piece;
  } catch (error) {
    throw error instanceof Error ? told(error) : error;
  }
}

/** A refusal or a problem that is told already stays; what the system says is told with the host it is about. */
function problemOf(error: Error, url: URL): Error {
  if (error instanceof Refusal || error instanceof OutgoingProblem) return error;
  if (error.cause instanceof Refusal || error.cause instanceof OutgoingProblem) return error.cause;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return new OutgoingProblem(
    `${url.host} ${WORDS[code] ?? `gave no usable answer (${code || error.message}).`}`,
    error,
  );
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: "does not answer: nothing listens there.",
  ECONNRESET: "closed the connection.",
  EHOSTUNREACH: "cannot be reached from this server.",
  ENETUNREACH: "cannot be reached from this server.",
  ETIMEDOUT: "does not answer.",
  CERT_HAS_EXPIRED: "shows a certificate that has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "shows a self-signed certificate, which this server does not trust.",
  SELF_SIGNED_CERT_IN_CHAIN: "shows a certificate of an authority that this server does not trust.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "shows a certificate of an authority that this server does not trust.",
  ERR_TLS_CERT_ALTNAME_INVALID: "shows a certificate for another name.",
};
