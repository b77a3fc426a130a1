import { type RpcLimits, RpcMalformed, RpcReader, type RpcValue } from "./rpc-value";

/** The largest object borg stores: 20 MiB less the 41 bytes of a segment entry (borg/constants.py, MAX_DATA_SIZE). */
export const MAX_DATA_BYTES = 20 * 1024 * 1024 - 41;

/** A call without its data: an open with the longest path fits with room to spare. */
export const MAX_HEAD_BYTES = 8 * 1024;

const LIMITS: RpcLimits = { stringBytes: 4096, entries: 16, depth: 4, keyBytes: 32 };

/** What may follow the data: `wait`, which clients add where their code does not name it, and then true or false. */
const WAIT_KEY = Buffer.from("\xa4wait", "latin1");
export const TAIL_BYTES = WAIT_KEY.length + 1;

/** Whether this byte may stand there. */
export function isTailByte(position: number, byte: number): boolean {
  return position < WAIT_KEY.length ? byte === WAIT_KEY[position] : byte === 0xc2 || byte === 0xc3;
}

/** What a borg client calls, all but the data of a `put`, which follows right behind the head. */
export type RpcCall = {
  id: number;
  method: string;
  args: ReadonlyMap<string, RpcValue>;
  /** Bytes of the data argument; null: the call has none. */
  dataBytes: number | null;
  /** After the data: 0 or TAIL_BYTES. */
  tailBytes: number;
  /** Bytes from the start of the call to its end or to the first byte of the data. */
  headBytes: number;
};

/**
 * Reads the call that starts at `at`; null when not all of its head is there yet. Takes what borg 1.1.0 and later write and nothing
 * else: `{i, m, a}` in this order, data as the last argument but `wait`, and of the positional form only `negotiate`, which every client still
 * sends that way (RemoteRepository.dictFormat). Throws RpcMalformed for the rest.
 */
export function readCall(buffer: Buffer, at: number): RpcCall | null {
  const reader = new RpcReader(buffer, at, LIMITS);
  const call = buffer[at] === 0x94 ? readPositional(reader) : readNamed(reader);
  const headBytes = reader.at - at;
  if ((call ? headBytes : buffer.length - at) > MAX_HEAD_BYTES) throw new RpcMalformed("a call is too long.");
  return call ? { ...call, headBytes } : null;
}

type Unmeasured = Omit<RpcCall, "headBytes">;

function readNamed(reader: RpcReader): Unmeasured | undefined {
  const size = reader.mapSize();
  if (size === undefined) return undefined;
  if (size !== 3) throw new RpcMalformed("a call has other parts than borg's.");
  if (!reader.passLetter("i")) return undefined;
  const id = reader.value();
  if (id === undefined || !reader.passLetter("m")) return undefined;
  const method = reader.string();
  if (method === undefined || !reader.passLetter("a")) return undefined;
  const head = { id: readId(id), method: readMethod(method) };
  const count = reader.mapSize();
  if (count === undefined) return undefined;
  const args = new Map<string, RpcValue>();
  for (let entry = 0; entry < count; entry++) {
    const name = reader.key();
    if (name === undefined) return undefined;
    if (args.has(name)) throw new RpcMalformed("an argument stands twice in a call.");
    if (name === "data") {
      const dataBytes = reader.stringLength();
      if (dataBytes === undefined) return undefined;
      const after = count - 1 - entry;
      if (after > 1) throw new RpcMalformed("the data of a call is not its last argument.");
      if (dataBytes > MAX_DATA_BYTES) throw new RpcMalformed("a call brings more than 20 MiB of data.");
      return { ...head, args, dataBytes, tailBytes: after * TAIL_BYTES };
    }
    const value = reader.value(1);
    if (value === undefined) return undefined;
    args.set(name, value);
  }
  return { ...head, args, dataBytes: null, tailBytes: 0 };
}

/** `[1, id, "negotiate", [client_data]]` */
function readPositional(reader: RpcReader): Unmeasured | undefined {
  const parts = reader.value();
  if (parts === undefined) return undefined;
  const [one, id, method, values] = Array.isArray(parts) ? parts : [];
  const isNegotiate = Buffer.isBuffer(method) && method.toString("latin1") === "negotiate";
  if (one !== 1 || !isNegotiate || !Array.isArray(values) || values.length !== 1)
    throw new RpcMalformed("borg 1.0 and older cannot be served; update borg.");
  return {
    ...{ id: readId(id), method: "negotiate", dataBytes: null, tailBytes: 0 },
    args: new Map([["client_data", values[0]]]),
  };
}

function readId(value: RpcValue | undefined): number {
  if (typeof value !== "number" || value < 0) throw new RpcMalformed("a call has no number.");
  return value;
}

function readMethod(bytes: Buffer): string {
  const name = bytes.toString("latin1");
  if (!/^\w{1,40}$/.test(name)) throw new RpcMalformed("a call has no name.");
  return name;
}
