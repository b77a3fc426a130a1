import { ID_BYTES } from "~/borg/segment";
import type { ObjectTable } from "./object-table";

const LAST_WORD = ID_BYTES / 4 - 1;
/** Fewer entries are compared: a pass over all digits costs more. */
const FEW = 1 << 14;

/**
 * Entries of a table in the order of their ids' bytes: radix sort by the first four bytes, and within equal ones by the next four,
 * so that ids chosen to begin alike cost no more than some passes. `scratch` is memory that is free meanwhile.
 */
export function sortEntries(
  table: ObjectTable,
  entries: Uint32Array,
  scratch = new Uint32Array(3 * entries.length),
): Uint32Array {
  sortRange(table, entries, 0, scratch);
  return entries;
}

function sortRange(table: ObjectTable, entries: Uint32Array, word: number, scratch: Uint32Array): void {
  if (entries.length < 2) return;
  if (entries.length <= FEW) {
    entries.sort((a, b) => compare(table, a, b, word));
    return;
  }
  const { length } = entries;
  const space = scratch.length < 3 * length ? new Uint32Array(3 * length) : scratch;
  const keys = space.subarray(0, length);
  radixSort(table, entries, keys, word, space.subarray(length));
  if (word === LAST_WORD) return;
  let start = 0;
  for (let i = 1; i <= length; i++) {
    if (i < length && keys[i] === keys[start]) continue;
    if (i - start > 1) sortRange(table, entries.subarray(start, i), word + 1, space.subarray(length));
    start = i;
  }
}

/** Sorts by one word, least significant half first; `keys` are the words in their new order. */
function radixSort(
  table: ObjectTable,
  entries: Uint32Array,
  keys: Uint32Array,
  word: number,
  scratch: Uint32Array,
): void {
  const { length } = entries;
  for (let i = 0; i < length; i++) keys[i] = table.word(entries[i] ?? 0, word);
  const halfway = { entries: scratch.subarray(0, length), keys: scratch.subarray(length, 2 * length) };
  distribute({ entries, keys }, halfway, 0);
  distribute(halfway, { entries, keys }, 16);
}

type Column = { entries: Uint32Array; keys: Uint32Array };

function distribute(from: Column, to: Column, shift: number): void {
  const places = new Uint32Array(0x10001);
  for (const key of from.keys) {
    const digit = ((key >>> shift) & 0xffff) + 1;
    places[digit] = (places[digit] ?? 0) + 1;
  }
  for (let i = 1; i < places.length; i++) places[i] = (places[i] ?? 0) + (places[i - 1] ?? 0);
  for (let i = 0; i < from.keys.length; i++) {
    const key = from.keys[i] ?? 0;
    const digit = (key >>> shift) & 0xffff;
    const place = places[digit] ?? 0;
    places[digit] = place + 1;
    to.keys[place] = key;
    to.entries[place] = from.entries[i] ?? 0;
  }
}

function compare(table: ObjectTable, a: number, b: number, fromWord: number): number {
  for (let word = fromWord; word <= LAST_WORD; word++) {
    const difference = table.word(a, word) - table.word(b, word);
    if (difference !== 0) return difference;
  }
  return a - b;
}
