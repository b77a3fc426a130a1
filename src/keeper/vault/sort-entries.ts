import { ID_BYTES } from "~/borg/segment";
import type { ObjectTable } from "./object-table";

const LAST_WORD = ID_BYTES / 4 - 1;
/** Fewer entries are compared: a pass over all digits costs more. */
const FEW = 1 << 14;

/**
 * Entries of a table in the order of their ids' bytes: radix sort by the first four bytes, and within equal ones by the next four,
 * so that ids chosen to begin alike cost no more than some passes. Entries of one id stay in the order they came in.
 */
export function sortEntries(table: ObjectTable, entries: Uint32Array): Uint32Array {
  sortRange(table, entries, 0, entries.length, 0);
  return entries;
}

function sortRange(table: ObjectTable, entries: Uint32Array, from: number, to: number, word: number): void {
  if (to - from < 2) return;
  if (to - from <= FEW) {
    entries.subarray(from, to).sort((a, b) => compare(table, a, b, word));
    return;
  }
  const keys = radixSort(table, entries.subarray(from, to), word);
  if (word === LAST_WORD) return;
  let start = 0;
  for (let i = 1; i <= keys.length; i++) {
    if (i < keys.length && keys[i] === keys[start]) continue;
    if (i - start > 1) sortRange(table, entries, from + start, from + i, word + 1);
    start = i;
  }
}

/** Sorts by one word, least significant half first; gives the words in their new order. */
function radixSort(table: ObjectTable, entries: Uint32Array, word: number): Uint32Array {
  const keys = new Uint32Array(entries.length);
  for (let i = 0; i < keys.length; i++) keys[i] = table.word(entries[i] ?? 0, word);
  const halfway = { entries: new Uint32Array(entries.length), keys: new Uint32Array(keys.length) };
  distribute({ entries, keys }, halfway, 0);
  distribute(halfway, { entries, keys }, 16);
  return keys;
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
