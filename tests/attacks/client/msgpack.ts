/**
 * The little of msgpack that an attacker needs: every value in every encoding borg's server takes, and what no honest packer would
 * write (`Raw`, duplicate keys). Not the product's parser on purpose: an attacker does not share our mistakes.
 */
export type Packable =
  | null
  | boolean
  | number
  | bigint
  | Buffer
  | string
  | Packable[]
  | Pairs
  | Raw
  | Encoded
  | { [key: string]: Packable };

/** A map with its keys in this order, the same key as often as one likes. */
export class Pairs {
  constructor(readonly entries: readonly (readonly [Packable, Packable])[]) {}
}

/** These very bytes, whatever they mean. */
export class Raw {
  constructor(readonly bytes: Buffer) {}
}

/** Bytes under a chosen header; borg's own clients use fixstr, str16 and str32 only. */
export class Encoded {
  constructor(
    readonly form: "fixstr" | "str8" | "str16" | "str32" | "bin8" | "bin16" | "bin32",
    readonly bytes: Buffer,
  ) {}
}

/** Packs as borg's clients do: bytes and text in the old raw family. */
export function pack(value: Packable): Buffer {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "number" && !Number.isSafeInteger(value)) return packDouble(value);
  if (typeof value === "number" || typeof value === "bigint") return packInteger(BigInt(value));
  if (typeof value === "string") return packBytes(Buffer.from(value));
  if (Buffer.isBuffer(value)) return packBytes(value);
  if (value instanceof Raw) return value.bytes;
  if (value instanceof Encoded) return packAs(value);
  if (Array.isArray(value)) return Buffer.concat([header(0x90, 0xdc, value.length), ...value.map(pack)]);
  const entries = value instanceof Pairs ? value.entries : Object.entries(value);
  return Buffer.concat([
    header(0x80, 0xde, entries.length),
    ...entries.flatMap(([key, one]) => [pack(key), pack(one)]),
  ]);
}

function packDouble(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function packInteger(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.from([Number(value)]);
  if (value < 0n && value >= -32n) return Buffer.from([Number(value + 256n)]);
  const bytes = Buffer.alloc(9, value < 0n ? 0xd3 : 0xcf);
  if (value < 0n) bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}

function packBytes(bytes: Buffer): Buffer {
  return packAs(new Encoded(bytes.length < 32 ? "fixstr" : bytes.length < 65_536 ? "str16" : "str32", bytes));
}

const FORMS = {
  fixstr: [0xa0, 0],
  str8: [0xd9, 1],
  str16: [0xda, 2],
  str32: [0xdb, 4],
  bin8: [0xc4, 1],
  bin16: [0xc5, 2],
  bin32: [0xc6, 4],
} as const;

function packAs({ form, bytes }: Encoded): Buffer {
  const [tag, width] = FORMS[form];
  if (width === 0) return Buffer.concat([Buffer.from([tag | bytes.length]), bytes]);
  const head = Buffer.alloc(1 + width, tag);
  head.writeUIntBE(bytes.length, 1, width);
  return Buffer.concat([head, bytes]);
}

function header(fix: number, wide: number, length: number): Buffer {
  if (length < 16) return Buffer.from([fix | length]);
  return Buffer.from([wide, length >> 8, length & 255]);
}

export type Unpacked = null | boolean | number | bigint | Buffer | Unpacked[] | Map<string, Unpacked>;

/** Reads one value from here; null when it is not all there yet. Keys of maps become text. */
export function unpack(bytes: Buffer, at = 0): { value: Unpacked; end: number } | null {
  const reader = { bytes, at };
  try {
    return { value: read(reader), end: reader.at };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Reader = { bytes: Buffer; at: number };

function take(reader: Reader, length: number): Buffer {
  if (reader.at + length > reader.bytes.length) throw new RangeError("not all there");
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

const unsigned = (reader: Reader, width: number) => take(reader, width).readUIntBE(0, width);

function read(reader: Reader): Unpacked {
  const tag = unsigned(reader, 1);
  if (tag < 0x80) return tag;
  if (tag >= 0xe0) return tag - 256;
  if (tag < 0x90) return readMap(reader, tag & 15);
  if (tag < 0xa0) return readArray(reader, tag & 15);
  if (tag < 0xc0) return take(reader, tag & 31);
  if (tag === 0xc0) return null;
  if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3;
  const lengthOfBytes = { 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4 }[tag];
  if (lengthOfBytes !== undefined) return take(reader, unsigned(reader, lengthOfBytes));
  if (tag === 0xca) return take(reader, 4).readFloatBE(0);
  if (tag === 0xcb) return take(reader, 8).readDoubleBE(0);
  if (tag >= 0xcc && tag <= 0xce) return unsigned(reader, 1 << (tag - 0xcc));
  if (tag === 0xcf) return take(reader, 8).readBigUInt64BE(0);
  if (tag >= 0xd0 && tag <= 0xd2) return take(reader, 1 << (tag - 0xd0)).readIntBE(0, 1 << (tag - 0xd0));
  if (tag === 0xd3) return take(reader, 8).readBigInt64BE(0);
  if (tag === 0xdc || tag === 0xdd) return readArray(reader, unsigned(reader, tag === 0xdc ? 2 : 4));
  if (tag === 0xde || tag === 0xdf) return readMap(reader, unsigned(reader, tag === 0xde ? 2 : 4));
  throw new Error(`the server sent 0x${tag.toString(16)}, which borg never packs`);
}

function readArray(reader: Reader, length: number): Unpacked[] {
  const list: Unpacked[] = [];
  for (let i = 0; i < length; i++) list.push(read(reader));
  return list;
}

function readMap(reader: Reader, length: number): Map<string, Unpacked> {
  const map = new Map<string, Unpacked>();
  for (let i = 0; i < length; i++) {
    const key = read(reader);
    map.set(Buffer.isBuffer(key) ? key.toString() : String(key), read(reader));
  }
  return map;
}
