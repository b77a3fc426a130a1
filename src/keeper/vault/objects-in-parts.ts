import { ObjectTable } from "./object-table";

/** Objects that are held in memory at once, some 100 bytes each while they are sorted. */
export const OBJECTS_AT_ONCE = 4_000_000;

/** Ids by their first two bytes; `to` is not in it. */
type Range = { from: number; to: number };
const ALL: Range = { from: 0, to: 0x10000 };

/**
 * Collects objects in a table while segments are read; where there are too many for the memory, it only counts them and says into which
 * parts they are to be split, each of which needs a reading of its own. Parts follow each other in the order of the ids' bytes.
 */
export class ObjectsInParts {
  #table: ObjectTable | null = new ObjectTable();
  readonly #range: Range;
  readonly #most: number;
  readonly #counts: Uint32Array | null;

  constructor(most = OBJECTS_AT_ONCE, range: Range | null = null) {
    this.#most = most;
    this.#range = range ?? ALL;
    this.#counts = range ? null : new Uint32Array(ALL.to);
  }

  /** As `ObjectTable.note`. */
  note(view: DataView, at: number, isPut: boolean, segment: number, sessionFrom: number): void {
    const start = view.getUint16(at);
    if (this.#counts) this.#counts[start] = (this.#counts[start] ?? 0) + 1;
    if (start < this.#range.from || start >= this.#range.to || this.#table === null) return;
    this.#table.note(view, at, isPut, segment, sessionFrom);
    if (this.#counts && this.#table.count > this.#most) this.#table = null;
  }

  /** The objects; null: there are too many, read `parts()` one after the other. */
  get table(): ObjectTable | null {
    return this.#table;
  }

  /** Each holds no more than fit, except where ids with the same two first bytes are more than that. */
  *parts(): Generator<ObjectsInParts> {
    let [from, held] = [0, 0];
    for (const [start, count] of (this.#counts ?? []).entries()) {
      if (held > 0 && held + count > this.#most) {
        yield new ObjectsInParts(this.#most, { from, to: start });
        [from, held] = [start, 0];
      }
      held += count;
    }
    yield new ObjectsInParts(this.#most, { from, to: ALL.to });
  }
}
