import { describe, expect, it } from "vitest";
import { cutPage, decodeCursor, encodeCursor } from "./page";

const position = { at: new Date("2026-11-23T02:00:00.123Z"), id: "abc234" };

describe("a cursor", () => {
  it("comes back as it went", () => {
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
  });

  it.each([null, undefined, "", "nonsense", "2026-99-99T02:00:00.123Z_abc", "2026-11-23T02:00:00.123Z_a'b"])(
    "that we did not write (%j) means the beginning",
    (text) => {
      expect(decodeCursor(text)).toBeNull();
    },
  );
});

describe("cutPage", () => {
  const rows = [1, 2, 3].map((n) => ({ at: position.at, id: `id${n}` }));
  const cut = (limit: number) =>
    cutPage(
      rows,
      limit,
      (row) => row,
      (row) => row.id,
    );

  it("points to the next page only when there is one", () => {
    expect(cut(2)).toEqual({ items: ["id1", "id2"], nextCursor: "2026-11-23T02:00:00.123Z_id2" });
    expect(cut(3)).toEqual({ items: ["id1", "id2", "id3"], nextCursor: null });
  });
});
