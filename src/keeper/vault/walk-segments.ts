import { closeSync } from "node:fs";
import { openSegment, SegmentCursor } from "~/borg/segment";
import type { Breather } from "./breather";
import type { SegmentFile } from "./segment-files";

export type Visitor = {
  /** Once per entry, in order. `segment` is the one the cursor stands in. */
  visit(cursor: SegmentCursor, segment: SegmentFile): void;
  /** The segment ends here to be one, or is no plain file, or not the one that was listed. The next segment follows. */
  malformed(segment: SegmentFile, offset: number): void;
  /** After the last entry of a segment that is not malformed. */
  leave?(cursor: SegmentCursor, segment: SegmentFile): void;
};

/** Entries between two looks at the clock when no read of the file shows that time passes. */
const ENTRIES_PER_LOOK = 2048;

/** Goes through all entries of the segments, in the order given. Synchronous reads in slices: the keeper answers others in between. */
export async function walkSegments(
  segments: Iterable<SegmentFile>,
  visitor: Visitor,
  breather: Breather,
): Promise<void> {
  const cursor = new SegmentCursor();
  for (const segment of segments) {
    if (breather.isOverdue()) await breather.rest();
    const opened = openSegment(segment.path);
    if (typeof opened === "string") {
      visitor.malformed(segment, 0);
      continue;
    }
    try {
      if (opened.inode !== segment.inode || opened.bytes !== segment.size) {
        visitor.malformed(segment, 0);
        continue;
      }
      cursor.open(opened);
      for (;;) {
        const more = walkOn(cursor, segment, visitor);
        if (!more) break;
        if (breather.isOverdue()) await breather.rest();
      }
    } finally {
      closeSync(opened.fd);
    }
    if (cursor.malformedAt !== null) visitor.malformed(segment, cursor.malformedAt);
    else visitor.leave?.(cursor, segment);
  }
}

/** Some entries, until the file was read once more. False: the segment is at its end. */
function walkOn(cursor: SegmentCursor, segment: SegmentFile, visitor: Visitor): boolean {
  const reads = cursor.reads;
  for (let i = 0; i < ENTRIES_PER_LOOK && cursor.reads === reads; i++) {
    if (!cursor.next()) return false;
    visitor.visit(cursor, segment);
  }
  return true;
}
