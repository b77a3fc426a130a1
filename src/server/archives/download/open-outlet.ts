import { request } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { CalledOff } from "~/domain/called-off";
import { Refusal } from "~/domain/refusal";
import { FRAME, type FrameType, frameHeader, TAKEN } from "./stream-frames";

/** Where a stream goes, and the key that is good for it alone. */
export interface Delivery {
  /** `host:port` of a web replica. */
  address: string;
  /** SHA-256 of its certificate, lower-case hex. */
  fingerprint: string;
  key: string;
}

/** A stream to a browser, by way of the web replica that its request stands at. */
export interface Outlet {
  /** Tells how much comes, or that it is not known. Before any piece. */
  begin(bytes: number | null): Promise<void>;
  /** Resolves when more can be taken; throws CalledOff when nobody waits any more. */
  send(piece: Buffer): Promise<void>;
  /** Everything was sent. Resolves when the browser's response has taken it. */
  finish(): Promise<void>;
  /** It cannot be completed. Whoever waits learns why if nothing was sent yet, and has a broken download otherwise. */
  fail(refusal: Pick<Refusal, "code" | "say">): void;
  /** Aborts when the other side is gone. */
  closed: AbortSignal;
}

const CONNECT_MS = 15_000;
const ALIVE_EVERY_MS = 10_000;
/** A browser that takes nothing for so long has given up, or was paused: the place is another's. */
const STALL_MS = 10 * 60_000;
/** What is on its way when it fails gets so long. */
const LAST_WORDS_MS = 1_000;

/** Brings a stream to the web replica that waits for it, and to no other: the certificate is compared before the key is shown. */
export async function openOutlet(delivery: Delivery): Promise<Outlet> {
  return outletOver(await upgrade(await connectPinned(delivery), delivery));
}

function outletOver(connection: Duplex): Outlet {
  const gone = new AbortController();
  let taken = false;
  const alive = setInterval(() => {
    if (connection.writableLength === 0) connection.write(frameHeader(FRAME.alive, 0));
  }, ALIVE_EVERY_MS);
  connection.on("data", (piece: Buffer) => {
    taken ||= piece.includes(TAKEN);
  });
  connection.on("error", () => connection.destroy());
  connection.once("end", () => connection.destroy());
  connection.once("close", () => {
    clearInterval(alive);
    gone.abort();
  });
  const write = async (type: FrameType, bytes: Buffer) => {
    if (connection.destroyed) throw nobodyWaits();
    connection.cork();
    connection.write(frameHeader(type, bytes.length));
    const free = bytes.length === 0 || connection.write(bytes);
    connection.uncork();
    if (!free) await untilDrained(connection);
  };
  return {
    closed: gone.signal,
    begin: (bytes) => write(FRAME.head, Buffer.from(JSON.stringify({ bytes }))),
    send: (piece) => write(FRAME.data, piece),
    async finish() {
      await write(FRAME.end, Buffer.alloc(0));
      if (!connection.destroyed) await new Promise((resolve) => connection.once("close", resolve));
      if (!taken) throw nobodyWaits();
    },
    fail({ code, say }) {
      if (connection.destroyed) return;
      const words = Buffer.from(JSON.stringify({ code, say: say.slice(0, 2000) }));
      connection.end(Buffer.concat([frameHeader(FRAME.failure, words.length), words]));
      setTimeout(() => connection.destroy(), LAST_WORDS_MS).unref();
    },
  };
}

function untilDrained(connection: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const stall = setTimeout(() => connection.destroy(), STALL_MS);
    const settle = (act: () => void) => () => {
      clearTimeout(stall);
      connection.off("drain", onDrain);
      connection.off("close", onClose);
      act();
    };
    const onDrain = settle(resolve);
    const onClose = settle(() => reject(nobodyWaits()));
    connection.once("drain", onDrain);
    connection.once("close", onClose);
  });
}

function connectPinned({ address, fingerprint }: Delivery): Promise<TLSSocket> {
  const { hostname, port } = new URL(`https://${address}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host, port: Number(port || 443) },
      ...(isIP(host) ? {} : { servername: host }),
      // Whoever signed it: this one certificate is known by its hash, which is the stronger check.
      rejectUnauthorized: false,
    });
    const fail = (cause: unknown) => {
      clearTimeout(limit);
      socket.destroy();
      const say = `The web server at ${address} cannot be reached from the storage node. INTERNAL_ADDRESS may name another.`;
      reject(new Refusal("storage-unavailable", { say, cause }));
    };
    const limit = setTimeout(() => fail(new Error("no TLS connection in time")), CONNECT_MS);
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(":", "").toLowerCase();
      if (shown !== fingerprint) return fail(new Error("it shows another certificate"));
      clearTimeout(limit);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** HTTP's own way out of HTTP (RFC 9110, 7.8): behind it there is neither a limit of a body nor of its time. */
function upgrade(socket: TLSSocket, { address, key }: Delivery): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ createConnection: () => socket, path: STREAM_PATH, setDefaultHeaders: true },
      headers: {
        ...{ host: address, connection: "Upgrade", upgrade: "bbs-stream" },
        authorization: `Bearer ${key}`,
      },
      timeout: CONNECT_MS,
    });
    asked.once("upgrade", (_, connection, first) => {
      connection.setTimeout(0);
      if (first.length > 0) connection.unshift(first);
      resolve(connection);
    });
    const fail = () => {
      socket.destroy();
      reject(nobodyWaits());
    };
    asked.once("response", fail);
    asked.once("timeout", fail);
    asked.once("error", fail);
    asked.end();
  });
}

/** The address of the door of every web replica. */
const STREAM_PATH = "/api/internal/stream";

function nobodyWaits(): CalledOff {
  return new CalledOff("The download was closed before all of it had gone out.");
}
