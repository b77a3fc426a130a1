import { type RpcLimits, RpcMalformed, RpcReader } from "./rpc-value";

/** An exception as a borg client gets it from `borg serve`. */
export type RpcException = {
  /** The call it answers. */
  id: number;
  /** The client's message id under --log-json; 1.4 rebuilds some classes by name from `args`, 1.2 fewer. */
  className: string;
  args: readonly string[];
  /** The one line that the client prints. */
  say: string;
};

/**
 * Packs an exception reply (remote.py, RepositoryServer.serve). Without a trace the clients 1.2.4 and 1.4.0 print `say` alone; also as an
 * answer to the positional `negotiate`, since they read replies by their own form.
 */
export function packException({ id, className, args, say }: RpcException): Buffer {
  return Buffer.concat([
    Buffer.of(0x87),
    ...[packText("i"), packWhole(id)],
    ...[packText("exception_class"), packText(className)],
    ...[packText("exception_args"), packTexts(args)],
    ...[packText("exception_full"), packTexts([say])],
    ...[packText("exception_short"), packTexts([say])],
    ...[packText("exception_trace"), Buffer.of(0xc2)],
    ...[packText("sysinfo"), packText("")],
  ]);
}

const LIMITS: RpcLimits = { stringBytes: 128 * 1024, entries: 1000, depth: 4, keyBytes: 64 };

/**
 * Whether borg's message says that a call was done: `{i, r}`, or `[1, id, null, result]` to a positional call. Anything that cannot be
 * read says no.
 */
export function isResult(message: Buffer): boolean {
  try {
    const reply = new RpcReader(message, 0, LIMITS).value();
    if (Array.isArray(reply)) return reply.length === 4 && reply[2] === null;
    return reply instanceof Map && reply.has("r") && !reply.has("exception_class");
  } catch (error) {
    if (error instanceof RpcMalformed) return false;
    throw error;
  }
}

function packWhole(value: number): Buffer {
  const packed = Buffer.alloc(9);
  packed[0] = 0xcf;
  packed.writeBigUInt64BE(BigInt(value), 1);
  return packed;
}

function packText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.of(0xda, bytes.length >> 8, bytes.length & 0xff);
  return Buffer.concat([head, bytes]);
}

/** At most 15. */
function packTexts(texts: readonly string[]): Buffer {
  return Buffer.concat([Buffer.of(0x90 | texts.length), ...texts.map(packText)]);
}
