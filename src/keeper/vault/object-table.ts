import { randomFillSync } from "node:crypto";
import type { Breather } from "./breather";

const PIECE_BITS = 16;
const PIECE = 1 << PIECE_BITS;
const IN_PIECE = PIECE - 1;
const WORDS = 8;
const FIRST_SLOTS = 1 << 16;

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
 * Ids come from a client that may choose them to collide, so places are given by tabulation hashing with random tables.
 */
export class ObjectTable {
  readonly #ids: Uint32Array[] = [];
  readonly #states: Uint8Array[] = [];
  readonly #segments: Uint32Array[] = [];
  readonly #salts = randomFillSync(new Uint32Array(4 * WORDS * 256));
  /** The id that is looked for. */
  readonly #id = new Uint32Array(WORDS);
  #slots = new Uint32Array(FIRST_SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Notes a PUT or DELETE of the id at `at` in `view`. `sessionFrom` is the first segment of the session that `segment` is of. */
  note(view: DataView, at: number, isPut: boolean, segment: number, sessionFrom: number): void {
    const id = this.#id;
    for (let i = 0; i < WORDS; i++) id[i] = view.getUint32(at + 4 * i, true);
    const slot = this.#slotOf(id, 0);
    const newest = (this.#slots[slot] ?? 0) - 1;
    if (newest < 0) {
      this.#slots[slot] = this.#add(id, segment, isPut ? ALIVE | ASK : EXISTED) + 1;
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
    this.#slots[slot] = this.#add(id, segment, (isPut ? ALIVE : 0) | existed) + 1;
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
    const slot = this.#slotOf(this.#idWords(entry), (entry & IN_PIECE) * WORDS);
    const newest = (this.#slots[slot] ?? 0) - 1;
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
  #slotOf(words: Uint32Array, from: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hash(words, from) & mask;
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0 || this.#isId(entry, words, from)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isId(entry: number, words: Uint32Array, from: number): boolean {
    const own = this.#idWords(entry);
    const start = (entry & IN_PIECE) * WORDS;
    for (let i = 0; i < WORDS; i++) if (own[start + i] !== words[from + i]) return false;
    return true;
  }

  #hash(words: Uint32Array, from: number): number {
    const salts = this.#salts;
    let hash = 0;
    for (let i = 0; i < WORDS; i++) {
      const word = words[from + i] ?? 0;
      const row = i << 10;
      hash ^= salts[row | (word & 0xff)] ?? 0;
      hash ^= salts[row | 0x100 | ((word >>> 8) & 0xff)] ?? 0;
      hash ^= salts[row | 0x200 | ((word >>> 16) & 0xff)] ?? 0;
      hash ^= salts[row | 0x300 | (word >>> 24)] ?? 0;
    }
    return hash;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i++) {
      const taken = old[i] ?? 0;
      if (taken === 0) continue;
      const entry = taken - 1;
      this.#slots[this.#slotOf(this.#idWords(entry), (entry & IN_PIECE) * WORDS)] = taken;
    }
  }
}

/** Ids are kept as they lie in the file; on the little-endian machines node runs on their words are the wrong way round. */
function swap(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
