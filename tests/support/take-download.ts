import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:https";

/** What came of a download. */
export interface Taken {
  status: number;
  headers: IncomingHttpHeaders;
  /** Its end was told, and as many bytes came as were announced. */
  whole: boolean;
  bytes: number;
  sha256: string;
  /** All of it; empty unless it was to be kept. */
  body: Buffer;
}

export interface Taking {
  taken: Promise<Taken>;
  /** Bytes that came so far. */
  soFar(): number;
  /** As a browser whose tab is closed. */
  leave(): void;
}

/** Takes a download as a script with a token does, over TLS with whatever certificate. Never rejects: a broken one is not `whole`. */
export function takeDownload(
  stack: { url: string; token: string },
  address: string,
  given: { token?: string; keep?: boolean; onPiece?: (answer: IncomingMessage) => void } = {},
): Taking {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const hash = createHash("sha256");
  const asked = request(stack.url + address, {
    rejectUnauthorized: false,
    agent: false,
    headers: { authorization: `Bearer ${given.token ?? stack.token}` },
  });
  const taken = new Promise<Taken>((resolve) => {
    const none = { status: 0, headers: {}, whole: false, bytes: 0, sha256: "", body: Buffer.alloc(0) };
    asked.once("error", () => resolve(none));
    asked.once("response", (answer) => {
      answer.on("data", (piece: Buffer) => {
        bytes += piece.length;
        hash.update(piece);
        if (given.keep) pieces.push(piece);
        given.onPiece?.(answer);
      });
      answer.on("error", () => undefined);
      answer.once("close", () =>
        resolve({
          ...{ status: answer.statusCode ?? 0, headers: answer.headers, whole: answer.complete, bytes },
          ...{ sha256: hash.digest("hex"), body: Buffer.concat(pieces) },
        }),
      );
    });
    asked.end();
  });
  return { taken, soFar: () => bytes, leave: () => asked.destroy() };
}
