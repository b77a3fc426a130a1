import { type ArchiveItem, cleanPath } from "../archive-items";
import { FIELDS_OF_AN_ITEM } from "./item-fields";

/** One item's fields are never longer: paths of 16 kB, and a link's target of the same. */
const MOST_ITEM_CHARACTERS = 64 * 1024;

/** Reads what item-fields.ts writes, piece by piece. Throws for what is none of it: a listing with a hole would look complete. */
export function itemsOfFields() {
  let rest = "";
  return {
    push(piece: Buffer): ArchiveItem[] {
      const fields = (rest + piece.toString("latin1")).split("\0");
      const whole = Math.floor((fields.length - 1) / FIELDS_OF_AN_ITEM) * FIELDS_OF_AN_ITEM;
      const items: ArchiveItem[] = [];
      for (let at = 0; at < whole; at += FIELDS_OF_AN_ITEM) items.push(itemOf(fields, at));
      rest = fields.slice(whole).join("\0");
      if (rest.length > MOST_ITEM_CHARACTERS) throw new Error("the reader's listing holds no items");
      return items;
    },
    /** Throws when the last item is not whole. */
    end() {
      if (rest !== "") throw new Error("the reader's listing ends in the middle of an item");
    },
  };
}

function itemOf(fields: readonly string[], at: number): ArchiveItem {
  const target = fields[at + 6] ?? "";
  return {
    path: cleanPath(fields[at + 7] ?? ""),
    type: fields[at] ?? "",
    mode: fields[at + 1] ?? "",
    owner: fields[at + 4] ?? "",
    group: fields[at + 5] ?? "",
    size: numberOf(fields[at + 2]),
    modified: numberOf(fields[at + 3]),
    target: target === "" ? null : target,
  };
}

function numberOf(text: string | undefined): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error("the reader's listing has a number that is none");
}
