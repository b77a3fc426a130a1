import type { Duplex } from "node:stream";
import { Refusal } from "~/domain/refusal";

/**
 * Where workers bring streams to in this web process. Our HTTP server makes it (supervisor/http/stream-door) and lets in who shows the key of
 * a place; whoever waits at a place is called with the connection, once. On globalThis, because Next loads a module once per bundle.
 */
export interface StreamDoor {
  /** `host:port` of this very replica, as storage nodes reach it. */
  address: string;
  /** SHA-256 of the certificate that it shows, lower-case hex. */
  fingerprint: string;
  /** By the SHA-256 of the key. */
  places: Map<string, (connection: Duplex) => void>;
}

const shared = globalThis as typeof globalThis & { bbsStreamDoor?: StreamDoor };

/** Refuses storage-unavailable in a process that no HTTP server of ours stands around. */
export function streamDoor(): StreamDoor {
  if (shared.bbsStreamDoor) return shared.bbsStreamDoor;
  throw new Refusal("storage-unavailable", { say: "This server cannot take files from its storage." });
}
