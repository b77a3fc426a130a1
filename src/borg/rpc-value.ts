/**
 * A value of borg's RPC (msgpack in its old form: text and bytes are both "str"). Whole numbers beyond 2^53 are bigint; floats stand
 * apart, so that 5.0 never passes for 5.
 */
export type RpcValue =
  | null
  | boolean
  | number
  | bigint
  | RpcFloat
  | Buffer
  | readonly RpcValue[]
  | ReadonlyMap<string, RpcValue>;

export class RpcFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** The other end sent what no borg sends. The message is for the person. */
export class RpcMalformed extends Error {}

/** What a reader takes; anything larger is malformed, however much of it has arrived. */
export type RpcLimits = { stringBytes: number; entries: number; depth: number; keyBytes: number };

/**
 * Reads msgpack from a buffer that may end too early: every method then returns undefined. Nothing is kept between attempts; read again
 * from the start when there is more. Refuses ext and bin types, maps with a key twice and keys that are no plain ASCII: borg sends none.
 */
export class RpcReader {
  at: number;
  readonly #buffer: Buffer;
  readonly #limits: RpcLimits;

  constructor(buffer: Buffer, at: number, limits: RpcLimits) {
    this.at = at;
    this.#buffer = buffer;
    this.#limits = limits;
  }

  value(depth = 0): RpcValue | undefined {
    const type = this.#buffer[this.at];
    if (type === undefined) return undefined;
    if (type <= 0x7f || type >= 0xe0 || (type >= 0xcc && type <= 0xd3)) return this.#whole(type);
    if (isString(type)) return this.string();
    if (isMap(type)) return this.#map(depth);
    if (isArray(type)) return this.#array(depth);
    if (type === 0xcb) return this.#float();
    this.at++;
    if (type === 0xc0) return null;
    if (type === 0xc2) return false;
    if (type === 0xc3) return true;
    throw new RpcMalformed(`a value of type 0x${type.toString(16)} is not borg's.`);
  }

  /** Bytes of the string that starts here, and moves to its first byte. */
  stringLength(): number | undefined {
    const type = this.#buffer[this.at];
    if (type === undefined) return undefined;
    if (!isString(type)) throw new RpcMalformed("a text was expected.");
    return this.#length(type & 0x1f, type < 0xc0, type - 0xd9);
  }

  string(): Buffer | undefined {
    const length = this.stringLength();
    if (length === undefined) return undefined;
    if (length > this.#limits.stringBytes) throw new RpcMalformed("a text is too long.");
    if (this.at + length > this.#buffer.length) return undefined;
    this.at += length;
    return this.#buffer.subarray(this.at - length, this.at);
  }

  /** Entries of the map that starts here, and moves to its first key. */
  mapSize(): number | undefined {
    const type = this.#buffer[this.at];
    if (type === undefined) return undefined;
    if (!isMap(type)) throw new RpcMalformed("a map was expected.");
    return this.#entries(this.#length(type & 0x0f, type < 0xc0, type - 0xde + 1));
  }

  /** Passes a key of one letter, which has to be this one. False: it is not there yet. */
  passLetter(letter: string): boolean {
    const [type, code] = [this.#buffer[this.at], this.#buffer[this.at + 1]];
    if (type === undefined || (type === 0xa1 && code === undefined)) return false;
    if (type !== 0xa1 || code !== letter.charCodeAt(0))
      throw new RpcMalformed("a call has other parts than borg's.");
    this.at += 2;
    return true;
  }

  key(): string | undefined {
    const bytes = this.string();
    if (bytes === undefined) return undefined;
    const text = bytes.toString("latin1");
    if (bytes.length > this.#limits.keyBytes || !/^\w+$/.test(text))
      throw new RpcMalformed("a key is not borg's.");
    return text;
  }

  #map(depth: number): ReadonlyMap<string, RpcValue> | undefined {
    const size = this.mapSize();
    if (size === undefined) return undefined;
    this.#demandDepth(depth);
    const map = new Map<string, RpcValue>();
    for (let entry = 0; entry < size; entry++) {
      const key = this.key();
      if (key === undefined) return undefined;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      if (map.has(key)) throw new RpcMalformed("a key stands twice in a map.");
      map.set(key, value);
    }
    return map;
  }

  #array(depth: number): RpcValue[] | undefined {
    const type = this.#buffer[this.at] ?? 0;
    const size = this.#entries(this.#length(type & 0x0f, type < 0xc0, type - 0xdc + 1));
    if (size === undefined) return undefined;
    this.#demandDepth(depth);
    const array: RpcValue[] = [];
    for (let entry = 0; entry < size; entry++) {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      array.push(value);
    }
    return array;
  }

  /** A length: within the type byte, or in the 1, 2 or 4 bytes after it (`sizeClass` 0, 1, 2). */
  #length(inType: number, isInType: boolean, sizeClass: number): number | undefined {
    if (isInType) {
      this.at++;
      return inType;
    }
    const bytes = 1 << sizeClass;
    if (this.at + 1 + bytes > this.#buffer.length) return undefined;
    const length = this.#buffer.readUIntBE(this.at + 1, bytes);
    this.at += 1 + bytes;
    return length;
  }

  #whole(type: number): number | bigint | undefined {
    if (type <= 0x7f || type >= 0xe0) {
      this.at++;
      return type <= 0x7f ? type : type - 0x100;
    }
    const isSigned = type >= 0xd0;
    const bytes = 1 << (type - (isSigned ? 0xd0 : 0xcc));
    const from = this.at + 1;
    if (from + bytes > this.#buffer.length) return undefined;
    this.at = from + bytes;
    if (bytes < 8)
      return isSigned ? this.#buffer.readIntBE(from, bytes) : this.#buffer.readUIntBE(from, bytes);
    const big = isSigned ? this.#buffer.readBigInt64BE(from) : this.#buffer.readBigUInt64BE(from);
    const small = Number(big);
    return Number.isSafeInteger(small) ? small : big;
  }

  #float(): RpcFloat | undefined {
    if (this.at + 9 > this.#buffer.length) return undefined;
    this.at += 9;
    return new RpcFloat(this.#buffer.readDoubleBE(this.at - 8));
  }

  #entries(size: number | undefined): number | undefined {
    if (size !== undefined && size > this.#limits.entries)
      throw new RpcMalformed("a list has too many entries.");
    return size;
  }

  #demandDepth(depth: number) {
    if (depth >= this.#limits.depth) throw new RpcMalformed("values are nested too deeply.");
  }
}

const isString = (type: number) => (type >= 0xa0 && type <= 0xbf) || (type >= 0xd9 && type <= 0xdb);
const isMap = (type: number) => (type >= 0x80 && type <= 0x8f) || type === 0xde || type === 0xdf;
const isArray = (type: number) => (type >= 0x90 && type <= 0x9f) || type === 0xdc || type === 0xdd;
