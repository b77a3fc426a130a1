import { describe, expect, it } from "vitest";
import { tagText } from "./tag";

describe("a tag", () => {
  it.each([
    [" Web ", "web"],
    ["BERLIN-2", "berlin-2"],
    ["größe", "größe"],
    ["a", "a"],
  ])("%j is %j", (typed, tag) => {
    expect(tagText.parse(typed)).toBe(tag);
  });

  it.each(["", "two words", "-web", "web-", "a/b", "web\u202e", "<b>", "'", "x".repeat(41)])(
    "is not %j",
    (typed) => {
      expect(tagText.safeParse(typed).success).toBe(false);
    },
  );
});
