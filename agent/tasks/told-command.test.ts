import { expect, it } from "vitest";
import { toldCommand } from "./told-command";

it("tells a command word by word", () => {
  expect(toldCommand("/usr/bin/borg", ["create", "--", "/home/a b"])).toEqual([
    ..."/usr/bin/borg create --".split(" "),
    "/home/a b",
  ]);
});

it("cuts one that no report could hold, and says so", () => {
  const many = toldCommand(
    "borg",
    Array.from({ length: 5000 }, (_, n) => `--exclude=${n}`),
  );
  expect(many).toHaveLength(2000);
  expect(many.at(-1)).toBe("(and 3002 more)");
  const long = toldCommand(
    "borg",
    Array.from({ length: 40 }, () => "x".repeat(4000)),
  );
  expect(long.join("").length).toBeLessThan(61_000);
});
