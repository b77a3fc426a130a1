import { z } from "zod";

/** How lists are asked for: newest first, a page at a time. `cursor` is what the last page gave as `nextCursor`. */
export const pageInput = {
  cursor: z.string().max(200).nullish(),
  limit: z.number().int().min(1).max(200).default(50),
};

export interface Page<Item> {
  items: Item[];
  /** Null: this was the last page. */
  nextCursor: string | null;
}

/** Where a page ended: the instant it is ordered by and the id that breaks ties. */
export interface PagePosition {
  at: Date;
  id: string;
}

export function encodeCursor(position: PagePosition): string {
  return `${position.at.toISOString()}_${position.id}`;
}

/** Null for no cursor and for one that we did not write: the list then starts at its beginning. */
export function decodeCursor(cursor: string | null | undefined): PagePosition | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([a-z0-9]{1,20})$/.exec(cursor ?? "");
  const at = new Date(match?.[1] ?? Number.NaN);
  return match?.[2] && !Number.isNaN(at.getTime()) ? { at, id: match[2] } : null;
}

/** Cuts `rows`, read with one more than `limit`, into a page. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => PagePosition,
  shape: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(shape),
    nextCursor: rows.length > limit && last ? encodeCursor(positionOf(last)) : null,
  };
}
