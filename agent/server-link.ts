import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { z } from "zod";
import { PROTOCOL_VERSION, refusalBody } from "~/protocol/v1";
import { errorCode } from "./durable-file";
import { LinkError } from "./link-error";
import { parseJson } from "./parse-json";
import { PinnedAgent } from "./pinned-agent";
import { PlainError } from "./plain-error";

/** A whole answer is at most this; an order of 10,000 paths of 8 KB fits. */
const LARGEST_ANSWER = 128 * 1024 * 1024;

/** Checks a server address: https, or http on this very machine. Returns it without a trailing slash. */
export function serverAddress(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new PlainError(`${text} is not an address. It looks like https://backup.example.com`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new PlainError(
      `${text} is not encrypted. Use https; http is accepted on this machine itself only.`,
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new PlainError(`${text} is not an https address.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** `AB:CD:...` or plain hex to 64 lower-case hex digits. */
export function certificateFingerprint(text: string): string {
  const hex = text
    .replace(/^sha256[:/]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new PlainError("The TLS fingerprint must be the SHA-256 of the certificate: 64 hex digits.");
  }
  return hex;
}

/**
 * Talks to one server. With a fingerprint the certificate must be exactly that one, and nothing, not even the request line, is
 * written before it was compared; without, the usual rules of public certificates hold. Connections are kept open.
 */
export class ServerLink {
  readonly #base: URL;
  readonly #agent: HttpAgent;
  readonly #apiKey: string | null;
  /** Milliseconds by which this machine's clock was ahead of the server's at the last answer, to the second; null before. */
  clockAheadMs: number | null = null;

  constructor(options: { serverUrl: string; tlsFingerprint: string | null; apiKey: string | null }) {
    this.#base = new URL(`${options.serverUrl}/`);
    this.#apiKey = options.apiKey;
    const keep = { keepAlive: true, maxSockets: 8 };
    if (this.#base.protocol === "http:") this.#agent = new HttpAgent(keep);
    else if (options.tlsFingerprint) this.#agent = new PinnedAgent(options.tlsFingerprint);
    else this.#agent = new HttpsAgent({ ...keep, minVersion: "TLSv1.2" });
  }

  /** Sends one message and parses the answer. Throws `LinkError` only, or what the signal was aborted with. */
  async post<T>(
    path: string,
    body: unknown,
    answer: z.ZodType<T>,
    limits: { seconds: number; signal?: AbortSignal },
  ): Promise<T> {
    const { status, text, retryAfterSeconds } = await this.#send(path, JSON.stringify(body), limits);
    const json = parseJson(text);
    if (status === 200) {
      const parsed = answer.safeParse(json);
      if (parsed.success) return parsed.data;
      throw new LinkError(
        "trouble",
        "The server's answer was not understood. Is the address that of the backup server?",
        status,
      );
    }
    const refusal = refusalBody.safeParse(json);
    if (refusal.success && status >= 400 && status < 500 && status !== 429) {
      throw new LinkError("refused", refusal.data.error.say, status, refusal.data.error.code);
    }
    const said = refusal.success ? refusal.data.error.say : `status ${status}`;
    const code = refusal.success ? refusal.data.error.code : null;
    throw new LinkError("trouble", `The server could not answer (${said}).`, status, code, retryAfterSeconds);
  }

  /**
   * Fetches a file piece by piece; the next piece is asked for when the last one was taken. Throws `LinkError` for whatever went wrong on the
   * way, also when it was cut off, and what `take` throws.
   */
  async receive(
    path: string,
    limits: { seconds: number; signal: AbortSignal },
    take: (chunk: Buffer) => Promise<void>,
  ): Promise<void> {
    const send = this.#base.protocol === "http:" ? httpRequest : httpsRequest;
    const request = send(new URL(path, this.#base), {
      agent: this.#agent,
      signal: limits.signal,
      headers: {
        "bbs-protocol": String(PROTOCOL_VERSION),
        ...(this.#apiKey ? { authorization: `Bearer ${this.#apiKey}` } : {}),
      },
    });
    const deadline = setTimeout(
      () => request.destroy(new LinkError("unreachable", `It took longer than ${limits.seconds} seconds.`)),
      limits.seconds * 1000,
    );
    let taking = false;
    try {
      request.end();
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once("response", resolve);
        request.once("error", reject);
      });
      // An answer may also end between two pieces, long after its beginning.
      request.on("error", () => undefined);
      if (response.statusCode !== 200) {
        response.resume();
        const status = response.statusCode ?? 0;
        const kind = status >= 500 || status === 429 ? "trouble" : "refused";
        throw new LinkError(kind, `The server answered with status ${status}.`, status);
      }
      for await (const chunk of response) {
        taking = true;
        await take(chunk);
        taking = false;
      }
    } catch (error) {
      request.destroy();
      if (taking || limits.signal.aborted || !(error instanceof Error)) throw error;
      throw this.#explain(error);
    } finally {
      clearTimeout(deadline);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    path: string,
    body: string,
    limits: { seconds: number; signal?: AbortSignal },
  ): Promise<{ status: number; text: string; retryAfterSeconds: number | null }> {
    const url = new URL(path, this.#base);
    const send = this.#base.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method: "POST",
        agent: this.#agent,
        signal: limits.signal,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "bbs-protocol": String(PROTOCOL_VERSION),
          ...(this.#apiKey ? { authorization: `Bearer ${this.#apiKey}` } : {}),
        },
      });
      // One deadline for the whole exchange: a socket timeout alone never fires on an answer that trickles.
      const deadline = setTimeout(
        () => request.destroy(new LinkError("unreachable", `No answer within ${limits.seconds} seconds.`)),
        limits.seconds * 1000,
      );
      const fail = (error: Error) => {
        clearTimeout(deadline);
        reject(limits.signal?.aborted ? error : this.#explain(error));
      };
      request.on("error", fail);
      request.on("response", (response) =>
        readAnswer(request, response, fail, (text) => {
          clearTimeout(deadline);
          const told = Date.parse(response.headers.date ?? "");
          this.clockAheadMs = Number.isNaN(told) ? null : Date.now() - told;
          const wait = response.headers["retry-after"] ?? "";
          const retryAfterSeconds = /^\d{1,6}$/.test(wait) ? Number(wait) : null;
          resolve({ status: response.statusCode ?? 0, text, retryAfterSeconds });
        }),
      );
      request.end(body);
    });
  }

  #explain(error: Error): LinkError {
    if (error instanceof LinkError) return error;
    const code = errorCode(error) ?? "";
    const where = this.#base.host;
    if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|DEPTH_ZERO/.test(code)) {
      return new LinkError(
        "wrong-certificate",
        `The certificate of ${where} is not trusted (${code}). Enrol with the --tls-fingerprint that the console shows, or give the server a public certificate.`,
      );
    }
    const why =
      code === "ENOTFOUND" || code === "EAI_AGAIN"
        ? "its name is not known"
        : code === "ECONNREFUSED"
          ? "nothing listens there"
          : code || error.message;
    return new LinkError("unreachable", `${where} cannot be reached: ${why}.`);
  }
}

function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  fail: (error: Error) => void,
  done: (text: string) => void,
): void {
  const parts: Buffer[] = [];
  let size = 0;
  response.on("data", (part: Buffer) => {
    size += part.length;
    parts.push(part);
    if (size > LARGEST_ANSWER) request.destroy(new LinkError("trouble", "The server's answer is too long."));
  });
  response.on("error", fail);
  response.on("aborted", () => fail(new LinkError("unreachable", "The answer was cut off.")));
  response.on("end", () => done(Buffer.concat(parts).toString("utf8")));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
