import { ID_BYTES, isManifest, TAG_COMMIT, TAG_PUT } from "~/borg/segment";
import { Breather } from "./breather";
import { ObjectTable } from "./object-table";
import { lastCommit, listSegments, type SegmentFile } from "./segment-files";
import { sortEntries } from "./sort-entries";
import { walkSegments } from "./walk-segments";

/** Objects that are held in memory at once, some 60 bytes each. */
const OBJECTS_AT_ONCE = 4_000_000;

/** Ids by their first two bytes; `to` is not in it. */
type Range = { from: number; to: number };
const ALL: Range = { from: 0, to: 0x10000 };

/**
 * Gives the ids of all objects that the committed segments of a repository hold, in order, each once, without the manifest's. Memory is
 * bounded: a repository with more objects is read several times, a part of the ids each time. Refuses malformed segments.
 */
export async function readLivingIds(
  repositoryPath: string,
  take: (view: DataView, at: number) => void,
  signal?: AbortSignal,
  objectsAtOnce = OBJECTS_AT_ONCE,
): Promise<void> {
  const breather = new Breather(signal);
  const through = await lastCommit(repositoryPath);
  const listed = await listSegments(repositoryPath, signal);
  const segments = [...listed.values()].filter((segment) => segment.n <= through);
  const puts = new Uint32Array(ALL.to);
  const table = await readPart(segments, ALL, breather, { puts, most: objectsAtOnce });
  if (table) return give(table, take, breather);
  for (const range of splitRange(puts, objectsAtOnce)) {
    const part = await readPart(segments, range, breather, null);
    if (part) await give(part, take, breather);
  }
}

/** Null: there are more than `limit.most`; then `limit.puts` has been filled with how many begin with which two bytes. */
async function readPart(
  segments: readonly SegmentFile[],
  range: Range,
  breather: Breather,
  limit: { puts: Uint32Array; most: number } | null,
): Promise<ObjectTable | null> {
  let table: ObjectTable | null = new ObjectTable();
  await walkSegments(
    segments,
    {
      visit({ tag, view, idAt }) {
        if (tag === TAG_COMMIT || isManifest(view, idAt)) return;
        const start = view.getUint16(idAt);
        if (limit && tag === TAG_PUT) limit.puts[start] = (limit.puts[start] ?? 0) + 1;
        if (start >= range.from && start < range.to) table?.note(view, idAt, tag === TAG_PUT, 0, 0);
        if (limit && table && table.count > limit.most) table = null;
      },
      malformed({ n }, offset) {
        throw new Error(`segment ${n} is malformed at ${offset}; the stored objects cannot be listed`);
      },
    },
    breather,
  );
  return table;
}

async function give(table: ObjectTable, take: (view: DataView, at: number) => void, breather: Breather) {
  const id = new Uint32Array(ID_BYTES / 4);
  const view = new DataView(id.buffer);
  const living = await table.select((entry) => table.isAlive(entry), breather);
  const sorted = sortEntries(table, living);
  for (let i = 0; i < sorted.length; i++) {
    table.copyId(sorted[i] ?? 0, id, 0);
    take(view, 0);
    if ((i & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
}

/** Ranges that hold at most so many each, except where ids with the same two first bytes are more than that. */
function splitRange(puts: Uint32Array, most: number): Range[] {
  const ranges: Range[] = [];
  let [from, held] = [0, 0];
  for (const [start, count] of puts.entries()) {
    if (held > 0 && held + count > most) {
      ranges.push({ from, to: start });
      [from, held] = [start, 0];
    }
    held += count;
  }
  return [...ranges, { from, to: ALL.to }];
}
