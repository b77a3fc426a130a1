import { ID_BYTES, isManifest, TAG_COMMIT, TAG_PUT } from "~/borg/segment";
import { Breather } from "./breather";
import type { ObjectTable } from "./object-table";
import { ObjectsInParts } from "./objects-in-parts";
import { lastCommit, listSegments, type SegmentFile } from "./segment-files";
import { sortEntries } from "./sort-entries";
import { walkSegments } from "./walk-segments";

type Take = (view: DataView, at: number) => void;

/**
 * Gives the ids of all objects that the committed segments of a repository hold, in order, each once, without the manifest's. Memory is
 * bounded: a repository with more objects is read several times, a part of the ids each time. Refuses malformed segments.
 */
export async function readLivingIds(
  repositoryPath: string,
  take: Take,
  signal?: AbortSignal,
  objectsAtOnce?: number,
): Promise<void> {
  const breather = new Breather(signal);
  const through = await lastCommit(repositoryPath);
  const listed = await listSegments(repositoryPath, signal);
  const segments = [...listed.values()].filter((segment) => segment.n <= through);
  const all = new ObjectsInParts(objectsAtOnce);
  await read(segments, all, breather);
  if (all.table) return give(all.table, take, breather);
  for (const part of all.parts()) {
    await read(segments, part, breather);
    if (part.table) await give(part.table, take, breather);
  }
}

async function read(segments: readonly SegmentFile[], objects: ObjectsInParts, breather: Breather) {
  await walkSegments(
    segments,
    {
      visit({ tag, view, idAt }) {
        if (tag !== TAG_COMMIT && !isManifest(view, idAt)) objects.note(view, idAt, tag === TAG_PUT, 0, 0);
      },
      malformed({ n }, offset) {
        throw new Error(`segment ${n} is malformed at ${offset}; the stored objects cannot be listed`);
      },
    },
    breather,
  );
}

async function give(table: ObjectTable, take: Take, breather: Breather) {
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
