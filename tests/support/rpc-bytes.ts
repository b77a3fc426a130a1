/** Writes borg's RPC by hand (msgpack without bin types), also as no borg would. */
export type Packable =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Packable[]
  | Map<string, Packable>;

export function pack(value: Packable): Buffer {
  if (value === null) return Buffer.of(0xc0);
  if (typeof value === "boolean") return Buffer.of(value ? 0xc3 : 0xc2);
  if (typeof value === "number" || typeof value === "bigint") return packNumber(value);
  if (typeof value === "string") return packString(Buffer.from(value));
  if (Buffer.isBuffer(value)) return packString(value);
  if (Array.isArray(value)) return Buffer.concat([head(0x90, 0xdc, value.length), ...value.map(pack)]);
  return packEntries([...value]);
}

/** A map as a list, so that a key may stand twice. */
export function packEntries(entries: readonly (readonly [string, Packable])[]): Buffer {
  const packed = entries.flatMap(([key, value]) => [pack(key), pack(value)]);
  return Buffer.concat([head(0x80, 0xde, entries.length), ...packed]);
}

/** A call as borg 1.2 and 1.4 write it. */
export function packCall(id: number, method: string, args: Record<string, Packable> = {}): Buffer {
  return packEntries([
    ["i", id],
    ["m", method],
    ["a", new Map(Object.entries(args))],
  ]);
}

/** The first call of every client, in the old form. */
export const packNegotiate = (version: number[] = [1, 2, 4]) =>
  pack([1, 1, "negotiate", [new Map<string, Packable>([["client_version", version]])]]);

export const packResult = (id: number, result: Packable) =>
  packEntries([
    ["i", id],
    ["r", result],
  ]);

function packNumber(value: number | bigint): Buffer {
  if (typeof value === "number" && !Number.isInteger(value)) {
    const float = Buffer.alloc(9, 0xcb);
    float.writeDoubleBE(value, 1);
    return float;
  }
  if (value >= 0 && value < 128) return Buffer.of(Number(value));
  const whole = Buffer.alloc(9, value < 0 ? 0xd3 : 0xcf);
  if (value < 0) whole.writeBigInt64BE(BigInt(value), 1);
  else whole.writeBigUInt64BE(BigInt(value), 1);
  return whole;
}

function packString(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length < 32) return Buffer.concat([Buffer.of(0xa0 | length), bytes]);
  if (length < 65_536) return Buffer.concat([Buffer.of(0xda, length >> 8, length & 0xff), bytes]);
  const long = Buffer.alloc(5, 0xdb);
  long.writeUInt32BE(length, 1);
  return Buffer.concat([long, bytes]);
}

const head = (fix: number, wide: number, length: number) =>
  length < 16 ? Buffer.of(fix | length) : Buffer.of(wide, length >> 8, length & 0xff);
