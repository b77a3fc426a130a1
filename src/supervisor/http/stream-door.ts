import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** As server/archives/download/stream-door has it, which waits there. */
interface StreamDoor {
  address: string;
  fingerprint: string;
  places: Map<string, (connection: Duplex) => void>;
}

const shared = globalThis as typeof globalThis & { bbsStreamDoor?: StreamDoor };

export type UpgradeListener = (request: IncomingMessage, connection: Duplex, head: Buffer) => void;

/**
 * Opens the door for streams from storage nodes, and answers what upgrades of connections are given to. In comes who shows the key of a
 * place at which somebody waits, over TLS, and each key once; all else is told that there is nothing and loses its connection.
 */
export function openStreamDoor(here: { address: string; fingerprint: string }): UpgradeListener {
  const places: StreamDoor["places"] = new Map();
  shared.bbsStreamDoor = { ...here, places };
  return (request, connection, head) => {
    connection.on("error", () => connection.destroy());
    const come = isStream(request) ? takePlace(places, request.headers.authorization) : undefined;
    if (!come) {
      connection.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    connection.write(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: bbs-stream\r\n\r\n",
    );
    if (head.length > 0) connection.unshift(head);
    come(connection);
  };
}

function isStream({ method, url, headers }: IncomingMessage): boolean {
  return method === "GET" && url === "/api/internal/stream" && headers.upgrade === "bbs-stream";
}

function takePlace(places: StreamDoor["places"], authorization: string | undefined) {
  const key = /^Bearer (bbss_[A-Za-z0-9_-]{40,60})$/.exec(authorization ?? "")?.[1];
  if (!key) return undefined;
  const hash = createHash("sha256").update(key).digest("hex");
  const come = places.get(hash);
  places.delete(hash);
  return come;
}
