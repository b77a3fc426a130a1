import { ID_BYTES } from "~/borg/segment";
import type { Breather } from "./breather";
import type { KnownObjects } from "./known-objects";
import type { ObjectTable } from "./object-table";
import { sortEntries } from "./sort-entries";

const ID_WORDS = ID_BYTES / 4;

/**
 * Asks the known objects about those that the table cannot tell about. `existed` is called for each entry whose object was stored before
 * its session. Returns the ids of the objects that are stored now and were not known: distinct, in order of their bytes.
 */
export async function settleObjects(
  table: ObjectTable,
  known: KnownObjects,
  breather: Breather,
  existed: (entry: number) => void,
): Promise<Buffer> {
  const asked = await table.select((entry) => {
    if (table.existed(entry)) existed(entry);
    return table.mustAsk(entry);
  }, breather);
  const words = new Uint32Array(asked.length * ID_WORDS);
  const sorted = sortEntries(table, asked, words);
  for (let i = 0; i < sorted.length; i++) {
    table.copyId(sorted[i] ?? 0, words, i * ID_WORDS);
    if ((i & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
  const ids = Buffer.from(words.buffer);
  const isKnown = await known.find(ids, breather.signal);
  let added = 0;
  for (let i = 0; i < sorted.length; i++) {
    const entry = sorted[i] ?? 0;
    if (isKnown[i] === 1) existed(entry);
    else if (table.isAliveAtLast(entry)) {
      if (added < i) words.copyWithin(ID_WORDS * added, ID_WORDS * i, ID_WORDS * (i + 1));
      added++;
    }
    if ((i & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
  return ids.subarray(0, added * ID_BYTES);
}
