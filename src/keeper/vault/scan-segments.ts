import { isManifest, type SegmentCursor, TAG_COMMIT, TAG_PUT } from "~/borg/segment";
import type { Evidence } from "~/domain/tamper";
import { Breather } from "./breather";
import type { KnownObjects } from "./known-objects";
import type { ObjectTable } from "./object-table";
import { ObjectsInParts } from "./objects-in-parts";
import { listSegments, type SegmentFile, type SegmentListing } from "./segment-files";
import { type LedgeredSession, type Span, SpanCursor, spanOf, spansOf } from "./session-spans";
import { settleObjects } from "./settle-objects";
import { walkSegments } from "./walk-segments";

/** Malformed segments that are told one by one. */
const MALFORMED_TOLD = 20;

export type ScanOrder = {
  path: string;
  /** The segments above this one are read: the last one that was found clean, -1 for all. */
  after: number;
  /** The last committed segment. What follows is an aborted session's, which borg's next transaction deletes. */
  through: number;
  /**
   * The writing sessions since `after`. "trusted": the keeper's own borg wrote this, or an admin accepted it; then only the framing
   * and the manifest are judged, and no ids are gathered (`KnownObjects.rebuild` does).
   */
  sessions: readonly LedgeredSession[] | "trusted";
  known: KnownObjects;
  /** What `listSegments` gave under the same lease. */
  listing?: SegmentListing;
  signal?: AbortSignal;
  /** How many objects may be in memory; more are read in parts, each with a reading of its own. */
  objectsAtOnce?: number;
};

export type Scan = {
  /** `through`. */
  transaction: number;
  /** Those above `after`, up to `transaction`. */
  segments: SegmentFile[];
  bytes: number;
  entries: number;
  /** Empty: clean. */
  evidence: Evidence[];
  /** Ids of the objects these segments add: sorted, distinct, not known, the manifest's not among them. For `KnownObjects.add`. */
  newIds: Buffer;
  /** The segment with the newest list of archives (the manifest) of these; null: none of them holds one. */
  listSegment: number | null;
};

/**
 * Reads what the sessions since the last clean state wrote, without a passphrase: the framing of all entries, not their contents.
 * An object that was stored before a session may be neither deleted nor written anew in it (the manifest excepted); what a session
 * itself stored it may take back. Memory is bounded but for 32 bytes of each new object.
 */
export async function scanSegments(order: ScanOrder): Promise<Scan> {
  const breather = new Breather(order.signal);
  const listing = order.listing ?? (await listSegments(order.path, order.signal));
  const segments = [...listing.values()].filter(({ n }) => n > order.after && n <= order.through);
  const all = new ObjectsInParts(order.objectsAtOnce);
  const reading = new Reading(order, all);
  await walkSegments(segments, reading, breather);
  const tally = new Tally(reading.spans);
  const settle = (table: ObjectTable) =>
    settleObjects(table, order.known, breather, (entry) => tally.count(table, entry));
  const settleParts = async () => {
    const ids: Buffer[] = [];
    for (const part of all.parts()) {
      await walkSegments(segments, new Reading(order, part), breather);
      if (part.table) ids.push(await settle(part.table));
    }
    return Buffer.concat(ids);
  };
  const newIds = all.table ? await settle(all.table) : await settleParts();
  return {
    transaction: order.through,
    segments,
    bytes: segments.reduce((sum, { size }) => sum + size, 0),
    entries: reading.entries,
    evidence: [...missingBetween(segments, order), ...reading.evidence(), ...tally.evidence()],
    newIds,
    listSegment: reading.listSegment,
  };
}

/** What is noted while the entries go by. */
class Reading {
  entries = 0;
  listSegment: number | null = null;
  readonly spans: readonly Span[];
  readonly #cursor: SpanCursor;
  readonly #objects: ObjectsInParts;
  readonly #through: number;
  readonly #isTrusted: boolean;
  readonly #malformed: Evidence[] = [];
  #manifestIsGone = false;
  #manifestWasMissing = false;
  #unledgered: { count: number; first: number } | null = null;

  constructor({ sessions, after, through }: ScanOrder, objects: ObjectsInParts) {
    this.#objects = objects;
    this.#isTrusted = sessions === "trusted";
    this.#through = through;
    this.spans = sessions === "trusted" ? [] : spansOf(after, through, sessions);
    this.#cursor = new SpanCursor(this.spans);
  }

  visit({ tag, view, idAt }: SegmentCursor, { n }: SegmentFile): void {
    this.entries++;
    const { session, from } = this.#cursor.of(n);
    if (tag === TAG_COMMIT) {
      this.#manifestWasMissing ||= this.#manifestIsGone;
      if (this.#isTrusted || session !== null) return;
      this.#unledgered = { count: (this.#unledgered?.count ?? 0) + 1, first: this.#unledgered?.first ?? n };
    } else if (isManifest(view, idAt)) {
      this.#manifestIsGone = tag !== TAG_PUT;
      if (tag === TAG_PUT) this.listSegment = n;
    } else if (!this.#isTrusted) this.#objects.note(view, idAt, tag === TAG_PUT, n, from);
  }

  malformed({ n }: SegmentFile, offset: number): void {
    if (this.#malformed.length < MALFORMED_TOLD)
      this.#malformed.push({ kind: "segment-malformed", segment: n, offset });
  }

  leave(cursor: SegmentCursor, segment: SegmentFile): void {
    // Its last bytes are a COMMIT's, but they are part of an object.
    if (segment.n === this.#through && !cursor.committed) this.malformed(segment, segment.size);
  }

  evidence(): Evidence[] {
    return [
      ...this.#malformed,
      ...(this.#manifestWasMissing ? [{ kind: "manifest-missing" as const }] : []),
      ...(this.#unledgered ? [{ kind: "commit-unledgered" as const, ...this.#unledgered }] : []),
    ];
  }
}

/** borg numbers the segments of its transactions without gaps; only a compaction makes some, and after it everything is sealed anew. */
function missingBetween(segments: readonly SegmentFile[], order: ScanOrder): Evidence[] {
  if (order.after < 0 || order.sessions === "trusted") return [];
  const count = order.through - order.after - segments.length;
  if (count <= 0) return [];
  const at = segments.findIndex(({ n }, i) => n !== order.after + 1 + i);
  return [{ kind: "segments-missing", count, first: order.after + 1 + (at < 0 ? segments.length : at) }];
}

type Count = { count: number; segment: number };

/** Objects of before that a session touched: gone at its end, or there with other content. */
class Tally {
  readonly #deleted = new Map<Span, Count>();
  readonly #replaced = new Map<Span, Count>();
  readonly #spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  count(table: ObjectTable, entry: number): void {
    const counts = table.isAlive(entry) ? this.#replaced : this.#deleted;
    const segment = table.segment(entry);
    const span = spanOf(this.#spans, segment);
    const before = counts.get(span);
    counts.set(span, {
      count: (before?.count ?? 0) + 1,
      segment: Math.min(before?.segment ?? segment, segment),
    });
  }

  evidence(): Evidence[] {
    const tell = (kind: "objects-deleted" | "objects-replaced", counts: Map<Span, Count>) =>
      [...counts]
        .sort(([a], [b]) => a.from - b.from)
        .map(([{ session }, found]) => ({ kind, ...found, session }));
    return [...tell("objects-deleted", this.#deleted), ...tell("objects-replaced", this.#replaced)];
  }
}
