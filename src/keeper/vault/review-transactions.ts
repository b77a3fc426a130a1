import { isManifest, type SegmentCursor, TAG_COMMIT, TAG_PUT } from "~/borg/segment";
import { Breather } from "./breather";
import type { KnownObjects } from "./known-objects";
import { ObjectTable } from "./object-table";
import { lastCommit, listSegments, type SegmentFile } from "./segment-files";
import { type LedgeredSession, type Span, SpanCursor, spansOf } from "./session-spans";
import { settleObjects } from "./settle-objects";
import { walkSegments } from "./walk-segments";

/** What one transaction did, for a person to look at. */
export type ReviewedTransaction = {
  /** Number of the segment that ends with its commit. */
  transaction: number;
  /** Null: no session of the ledger. */
  session: number | null;
  committedAt: string;
  objectsAdded: number;
  /** Objects that were stored before the session, deleted or overwritten. */
  objectsRemoved: number;
  bytesAdded: number;
};

type ReviewOrder = {
  path: string;
  /** Transactions up to this one are known to be clean; `known` holds their objects. */
  after: number;
  sessions: readonly LedgeredSession[];
  known: KnownObjects;
  signal?: AbortSignal;
};

/** Every transaction above `after`, oldest first; malformed segments count as far as they can be read. */
export async function reviewTransactions(order: ReviewOrder): Promise<ReviewedTransaction[]> {
  const breather = new Breather(order.signal);
  const through = await lastCommit(order.path);
  const listed = await listSegments(order.path, order.signal);
  const segments = [...listed.values()].filter(({ n }) => n > order.after && n <= through);
  const reading = new ReviewReading(spansOf(order.after, through, order.sessions));
  await walkSegments(segments, reading, breather);
  const { table, transactions } = reading;
  for (let entry = 0; entry < table.count; entry++) {
    const transaction = transactionOf(transactions, table.segment(entry));
    if (transaction) transaction.objectsAdded++;
    if ((entry & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
  await settleObjects(table, order.known, breather, (entry) => {
    const transaction = transactionOf(transactions, table.segment(entry));
    if (!transaction) return;
    transaction.objectsAdded--;
    transaction.objectsRemoved++;
  });
  return transactions;
}

class ReviewReading {
  readonly table = new ObjectTable();
  readonly transactions: ReviewedTransaction[] = [];
  readonly #cursor: SpanCursor;
  #bytes = 0;

  constructor(spans: readonly Span[]) {
    this.#cursor = new SpanCursor(spans);
  }

  visit({ tag, size, view, idAt }: SegmentCursor, { n, mtimeNs }: SegmentFile): void {
    const { session, from } = this.#cursor.of(n);
    if (tag === TAG_COMMIT) {
      this.transactions.push({
        transaction: n,
        session,
        committedAt: instant(mtimeNs),
        ...{ objectsAdded: 0, objectsRemoved: 0, bytesAdded: this.#bytes },
      });
      this.#bytes = 0;
      return;
    }
    if (tag === TAG_PUT) this.#bytes += size;
    if (!isManifest(view, idAt)) this.table.note(view, idAt, tag === TAG_PUT, n, from);
  }

  malformed(): void {
    // The audit has told it.
  }
}

/** The transaction that a segment is part of: the first one that ends at it or after it. */
function transactionOf(
  transactions: readonly ReviewedTransaction[],
  segment: number,
): ReviewedTransaction | undefined {
  let [from, to] = [0, transactions.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((transactions[middle]?.transaction ?? segment) < segment) from = middle + 1;
    else to = middle;
  }
  return transactions[from];
}

/** The client's account may have set it to anything. */
function instant(mtimeNs: string): string {
  const time = new Date(Number(BigInt(mtimeNs) / 1_000_000n));
  return (Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString();
}
