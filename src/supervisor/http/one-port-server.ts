import { createServer as createHttpServer, type RequestListener, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer, type Socket } from "node:net";
import type { UpgradeListener } from "./stream-door";

export interface OnePortServer {
  listen(port: number, host: string): Promise<void>;
  /** Takes no new connections, lets answers under way end, and cuts what is left after `limitMs`. */
  close(limitMs: number): Promise<void>;
}

/** First byte of a TLS record with a handshake in it (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/** How long a peer may take, in milliseconds. */
export interface Patience {
  /** To say anything at all, and again to agree on a TLS key. */
  greetingMs: number;
  headersMs: number;
  /** To send a request; answers (held polls, event streams) may take as long as they like. */
  requestMs: number;
}

const PATIENCE: Patience = { greetingMs: 10_000, headersMs: 15_000, requestMs: 60_000 };

/** Node's own defaults guard the rest: 16 kB of headers. */
const limitsOf = (patience: Patience): ServerOptions => ({
  headersTimeout: patience.headersMs,
  requestTimeout: patience.requestMs,
  connectionsCheckingInterval: Math.min(1_000, patience.headersMs),
  // Longer than a held poll, so that an agent's next poll can use the same connection.
  keepAliveTimeout: 75_000,
});

/**
 * One port that speaks TLS and plain http, told apart by the first byte. `listener` sees both; `request.socket.encrypted` says which
 * one it is.
 */
export function createOnePortServer(
  tls: { cert: string; key: string },
  listener: RequestListener,
  { patience = PATIENCE, onUpgrade }: { patience?: Patience; onUpgrade?: UpgradeListener } = {},
): OnePortServer {
  const limits = limitsOf(patience);
  const handshakeTimeout = patience.greetingMs;
  const secure = createTlsServer({ ...limits, ...tls, handshakeTimeout, minVersion: "TLSv1.2" }, listener);
  const plain = createHttpServer(limits, listener);
  // Over TLS only: where nobody listens for it, node answers what wants an upgrade like any other request.
  if (onUpgrade) secure.on("upgrade", onUpgrade);
  // Neither listens by itself, and only with this do they begin to watch who is slow (node 20 to 26).
  for (const server of [secure, plain]) server.emit("listening");
  const open = new Set<Socket>();

  const port = createServer({ pauseOnConnect: false, noDelay: true, keepAlive: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    // A client that goes away is no fault of ours; without a handler it would end the process.
    socket.on("error", () => socket.destroy());
    socket.setTimeout(patience.greetingMs, () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read(1);
      if (!first) return socket.destroy();
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit("connection", socket);
    });
  });

  return {
    listen: (number, host) =>
      new Promise((resolve, reject) => {
        port.once("error", reject);
        port.listen({ port: number, host }, () => {
          port.off("error", reject);
          resolve();
        });
      }),
    close: (limitMs) =>
      new Promise((resolve) => {
        const sweep = setInterval(() => {
          secure.closeIdleConnections();
          plain.closeIdleConnections();
        }, 20);
        const limit = setTimeout(() => {
          for (const socket of open) socket.destroy();
        }, limitMs);
        port.close(() => {
          clearInterval(sweep);
          clearTimeout(limit);
          resolve();
        });
      }),
  };
}
