import { randomFillSync } from "node:crypto";
import type { Breather } from "./breather";

const PIECE_BITS = 16;
const PIECE = 1 << PIECE_BITS;
const IN_PIECE = PIECE - 1;
const WORDS = 8;
const FIRST_SLOTS_BITS = 16;
/** Up to here slots grow fourfold, from here on twofold. */
const LARGE_SLOTS = 1 << 20;
/** A slot holds the number of an entry plus one, 0 when it is free, and above it some bits of the hash. */
const ENTRY_BITS = 26;
const ENTRY_MASK = (1 << ENTRY_BITS) - 1;
const TAG_MASK = (1 << (32 - ENTRY_BITS)) - 1;

/** What happened to one object in one session. */
const ALIVE = 1;
/** It was stored before the session: by an earlier session of the same scan, or so that its first tag is a DELETE. */
const EXISTED = 2;
/** Its first tag of all was a PUT: only the known objects tell whether it existed. */
const ASK = 4;
/** A later session touched it once more. */
const SUPERSEDED = 8;

/**
 * Objects by id and session, some 45 bytes each, outside the heap of JavaScript. Each entry is numbered by its place; an object that
 * several sessions touch has one entry for each, the newest of which is found by id.
 *
 * Ids come from a client that may choose them to collide, so their places depend on random numbers of each table.
 * Throws where there are more than 67 million.
 */
export class ObjectTable {
  readonly #ids: Uint32Array[] = [];
  readonly #states: Uint8Array[] = [];
  readonly #segments: Uint32Array[] = [];
  readonly #salts = randomFillSync(new Uint32Array(2 * WORDS + 1));
  /** The id that is looked for. */
  readonly #id = new Uint32Array(WORDS);
  #slots = new Uint32Array(1 << FIRST_SLOTS_BITS);
  /** The hash's upper bits are the slot. */
  #shift = 32 - FIRST_SLOTS_BITS;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Notes a PUT or DELETE of the id at `at` in `view`. `sessionFrom` is the first segment of the session that `segment` is of. */
  note(view: DataView, at: number, isPut: boolean, segment: number, sessionFrom: number): void {
    const id = this.#id;
    for (let i = 0; i < WORDS; i++) id[i] = view.getUint32(at + 4 * i, true);
    const hash = this.#hash(id, 0);
    const slot = this.#slotOf(id, 0, hash);
    const newest = ((this.#slots[slot] ?? 0) & ENTRY_MASK) - 1;
    if (newest < 0) {
      this.#put(slot, hash, this.#add(id, segment, isPut ? ALIVE | ASK : EXISTED));
      if (this.#count * 2 > this.#slots.length) this.#grow();
      return;
    }
    const state = this.#state(newest);
    if (this.segment(newest) >= sessionFrom) {
      this.#setState(newest, isPut ? state | ALIVE : state & ~ALIVE);
      return;
    }
    this.#setState(newest, state | SUPERSEDED);
    const existed = (state & ALIVE) !== 0 ? EXISTED : 0;
    this.#put(slot, hash, this.#add(id, segment, (isPut ? ALIVE : 0) | existed));
  }

  /** Numbers of the entries that are wanted. */
  async select(isWanted: (entry: number) => boolean, breather: Breather): Promise<Uint32Array> {
    const selected = new Uint32Array(this.#count);
    let length = 0;
    for (let entry = 0; entry < this.#count; entry++) {
      if (isWanted(entry)) selected[length++] = entry;
      if ((entry & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
    }
    return selected.subarray(0, length);
  }

  isAlive(entry: number): boolean {
    return (this.#state(entry) & ALIVE) !== 0;
  }

  existed(entry: number): boolean {
    return (this.#state(entry) & EXISTED) !== 0;
  }

  mustAsk(entry: number): boolean {
    return (this.#state(entry) & ASK) !== 0;
  }

  /** The first segment of the session in which the object was touched. */
  segment(entry: number): number {
    return this.#segments[entry >>> PIECE_BITS]?.[entry & IN_PIECE] ?? 0;
  }

  /** Whether the object is stored after the last session that touched it. */
  isAliveAtLast(entry: number): boolean {
    if ((this.#state(entry) & SUPERSEDED) === 0) return this.isAlive(entry);
    const [words, from] = [this.#idWords(entry), (entry & IN_PIECE) * WORDS];
    const newest = ((this.#slots[this.#slotOf(words, from, this.#hash(words, from))] ?? 0) & ENTRY_MASK) - 1;
    return newest >= 0 && this.isAlive(newest);
  }

  /** Word `word` of the id, so that words compare as the id's bytes do. */
  word(entry: number, word: number): number {
    return swap(this.#idWords(entry)[(entry & IN_PIECE) * WORDS + word] ?? 0);
  }

  /** Writes the id's bytes to place `to` of `ids`, counted in words. */
  copyId(entry: number, ids: Uint32Array, to: number): void {
    const words = this.#idWords(entry);
    const from = (entry & IN_PIECE) * WORDS;
    for (let i = 0; i < WORDS; i++) ids[to + i] = words[from + i] ?? 0;
  }

  #idWords(entry: number): Uint32Array {
    const words = this.#ids[entry >>> PIECE_BITS];
    if (!words) throw new Error(`there is no entry ${entry}`);
    return words;
  }

  #state(entry: number): number {
    return this.#states[entry >>> PIECE_BITS]?.[entry & IN_PIECE] ?? 0;
  }

  #setState(entry: number, state: number): void {
    const states = this.#states[entry >>> PIECE_BITS];
    if (states) states[entry & IN_PIECE] = state;
  }

  #add(id: Uint32Array, segment: number, flags: number): number {
    const entry = this.#count++;
    if (entry + 1 >= ENTRY_MASK) throw new Error("there are more new objects than can be judged at once");
    const place = entry & IN_PIECE;
    if (place === 0) {
      this.#ids.push(new Uint32Array(PIECE * WORDS));
      this.#states.push(new Uint8Array(PIECE));
      this.#segments.push(new Uint32Array(PIECE));
    }
    const words = this.#idWords(entry);
    for (let i = 0; i < WORDS; i++) words[place * WORDS + i] = id[i] ?? 0;
    this.#setState(entry, flags);
    const segments = this.#segments[entry >>> PIECE_BITS];
    if (segments) segments[place] = segment;
    return entry;
  }

  /** The slot that holds the id at `from` in `words`, or the free one where it belongs. */
  #slotOf(words: Uint32Array, from: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const tag = hash & TAG_MASK;
    let slot = hash >>> this.#shift;
    for (;;) {
      const taken = slots[slot] ?? 0;
      if (taken === 0) return slot;
      if (taken >>> ENTRY_BITS === tag && this.#isId((taken & ENTRY_MASK) - 1, words, from)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isId(entry: number, words: Uint32Array, from: number): boolean {
    const own = this.#idWords(entry);
    const start = (entry & IN_PIECE) * WORDS;
    for (let i = 0; i < WORDS; i++) if (own[start + i] !== words[from + i]) return false;
    return true;
  }

  /** Multilinear hashing of 16-bit halves; the upper bits are the good ones. */
  #hash(words: Uint32Array, from: number): number {
    const salts = this.#salts;
    let hash = salts[2 * WORDS] ?? 0;
    for (let i = 0; i < WORDS; i++) {
      const word = words[from + i] ?? 0;
      hash = (hash + Math.imul(word & 0xffff, salts[2 * i] ?? 0)) | 0;
      hash = (hash + Math.imul(word >>> 16, salts[2 * i + 1] ?? 0)) | 0;
    }
    return hash >>> 0;
  }

  #put(slot: number, hash: number, entry: number): void {
    this.#slots[slot] = (((hash & TAG_MASK) << ENTRY_BITS) | (entry + 1)) >>> 0;
  }

  /** In order of the entries, so that memory is read in its order; each id's newest entry is the only one that is not superseded. */
  #grow(): void {
    const bits = this.#slots.length < LARGE_SLOTS ? 2 : 1;
    const slots = new Uint32Array(this.#slots.length << bits);
    const mask = slots.length - 1;
    this.#slots = slots;
    this.#shift -= bits;
    for (let entry = 0; entry < this.#count; entry++) {
      if ((this.#state(entry) & SUPERSEDED) !== 0) continue;
      const hash = this.#hash(this.#idWords(entry), (entry & IN_PIECE) * WORDS);
      let slot = hash >>> this.#shift;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#put(slot, hash, entry);
    }
  }
}

/** Ids are kept as they lie in the file; on the little-endian machines node runs on their words are the wrong way round. */
function swap(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
