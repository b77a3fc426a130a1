import http, { type ClientRequestArgs } from "node:http";
import https, { type RequestOptions } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import type { CheckedResolve } from "./check-target";
import { OutgoingProblem } from "./outgoing-problem";

/** What one connection may cost. */
export interface Bounds {
  seconds: number;
  /** Of everything that comes back, headers included. */
  mostBytes: number;
}

/**
 * Makes the sockets of outgoing HTTP: only to addresses that `resolve` has checked, the very ones it checked, so that a name cannot point
 * elsewhere a moment later. A socket serves one request and ends when it lasts or brings too much. For our own requests and for libraries
 * that take an agent (openid-client); an agent speaks http or https, never both, and follows no redirect.
 */
export function checkedAgent(
  protocol: "http:" | "https:",
  resolve: CheckedResolve,
  bounds: Bounds,
): http.Agent {
  const lookup = lookupBy(resolve);
  return protocol === "https:"
    ? new CheckedHttpsAgent(lookup, resolve, bounds)
    : new CheckedHttpAgent(lookup, resolve, bounds);
}

class CheckedHttpAgent extends http.Agent {
  constructor(
    private readonly checked: LookupFunction,
    private readonly resolve: CheckedResolve,
    private readonly bounds: Bounds,
  ) {
    super({ keepAlive: false });
  }
  override createConnection(options: ClientRequestArgs, done?: Done) {
    return connectChecked(options.host, this.resolve, this.bounds, done, (then) =>
      super.createConnection({ ...options, lookup: this.checked }, then),
    );
  }
}

class CheckedHttpsAgent extends https.Agent {
  constructor(
    private readonly checked: LookupFunction,
    private readonly resolve: CheckedResolve,
    private readonly bounds: Bounds,
  ) {
    super({ keepAlive: false, maxCachedSessions: 0 });
  }
  override createConnection(options: RequestOptions, done?: Done) {
    return connectChecked(options.host, this.resolve, this.bounds, done, (then) =>
      super.createConnection({ ...options, lookup: this.checked }, then),
    );
  }
}

type Done = (error: Error | null, socket: Duplex) => void;

/** node:net asks no lookup for a host that is an address already, so that one is checked before anything is opened. */
function connectChecked(
  host: string | null | undefined,
  resolve: CheckedResolve,
  bounds: Bounds,
  done: Done | undefined,
  connect: (done?: Done) => Duplex | null | undefined,
): Duplex | null | undefined {
  const literal = (host ?? "").replace(/^\[|\]$/g, "");
  if (!isIP(literal)) return bound(connect(done), bounds);
  resolve(literal).then(
    () => {
      const socket = bound(connect(), bounds);
      if (socket) done?.(null, socket);
    },
    (error: Error) => failed(done, error),
  );
  return undefined;
}

/** node's own code calls back with an error alone; its types want a socket beside it. */
function failed(done: Done | undefined, error: Error): void {
  if (done) Reflect.apply(done, undefined, [error]);
}

function bound<S extends Duplex | null | undefined>(socket: S, { seconds, mostBytes }: Bounds): S {
  if (!socket) return socket;
  let bytes = 0;
  const late = () =>
    socket.destroy(new OutgoingProblem(`There was no whole answer within ${seconds} seconds.`));
  const timer = setTimeout(late, seconds * 1000);
  socket.once("close", () => clearTimeout(timer));
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) socket.destroy(new OutgoingProblem("The answer is too large."));
  });
  return socket;
}

function lookupBy(resolve: CheckedResolve): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        if (options.all) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, ""),
    );
  };
}
