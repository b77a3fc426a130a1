import { Agent, request } from "node:https";
import type { Readable } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";

/** SHA-256 of the server's certificate: 64 hex characters, colons and a leading `sha256:` allowed, in any case. */
export type Fingerprint = string;

export class FingerprintError extends Error {}

/** Brings a fingerprint into one form: 64 hex characters in lower case. Refuses anything else. */
export function readFingerprint(text: Fingerprint): string {
  const hex = text
    .trim()
    .replace(/^sha256[:/]/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new FingerprintError("The fingerprint must be the 64 hex characters of the certificate's SHA-256.");
  return hex;
}

/**
 * A `fetch` that speaks https to a server with exactly this certificate, whoever signed it, and to no other. Nothing is sent
 * before the certificate was compared. Bodies of requests must be text.
 */
export function pinnedFetch(fingerprint: Fingerprint): typeof fetch {
  const wanted = readFingerprint(fingerprint);
  const agent = pinnedAgent(wanted);
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { body, signal } = init ?? {};
    if (body !== undefined && body !== null && typeof body !== "string")
      throw new TypeError("only text bodies are sent");
    return new Promise<Response>((resolve, reject) => {
      const call = request(
        url,
        {
          method: init?.method ?? "GET",
          headers: Object.fromEntries(new Headers(init?.headers)),
          agent,
          ...(signal ? { signal } : {}),
        },
        (answer) => {
          const status = answer.statusCode ?? 0;
          const empty = status === 204 || status === 304;
          const headers = new Headers();
          for (const [name, value] of Object.entries(answer.headers))
            headers.set(name, Array.isArray(value) ? value.join(", ") : (value ?? ""));
          resolve(new Response(empty ? null : bodyOf(answer), { status, headers }));
        },
      );
      call.once("error", reject);
      call.end(body ?? undefined);
    });
  };
}

/** A stream that ends without an unhandled error when the reader has gone (an aborted subscription), read no faster than it is taken. */
function bodyOf(answer: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      answer.on("data", (chunk: Buffer) => {
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 0) <= 0) answer.pause();
      });
      answer.once("end", () => controller.close());
      answer.once("error", (error) => controller.error(error));
    },
    pull() {
      answer.resume();
    },
    cancel() {
      answer.destroy();
    },
  });
}

function pinnedAgent(wanted: string): Agent {
  const agent = new Agent({ keepAlive: true });
  type Done = (error: Error | null, socket?: TLSSocket) => void;
  return Object.assign(agent, {
    createConnection(options: ConnectionOptions, done: Done): undefined {
      // Any signer is accepted here because the one certificate is known by its hash, which is the stronger check.
      const socket = connect({ ...options, rejectUnauthorized: false });
      const fail = (error: Error) => {
        socket.destroy();
        done(error);
      };
      socket.once("error", fail);
      socket.once("secureConnect", () => {
        socket.off("error", fail);
        const seen = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(":", "").toLowerCase();
        if (seen === wanted) return done(null, socket);
        fail(
          new FingerprintError(
            `The server shows another certificate (SHA-256 ${seen ?? "none"}) than the pinned one. Nothing was sent to it.`,
          ),
        );
      });
    },
  });
}
